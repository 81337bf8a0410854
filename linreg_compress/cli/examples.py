"""What the help of each verb ends in: commands that work as they stand."""

EXAMPLES = {
    "": """\
  # does one bit per weight lower the error on new data, for a weak signal?
  linreg-compress risk --samples 80 --features 50 --signal-variance 0.02 \\
      --bits-per-weight 1

  # your own table: can its regression do with fewer bits?
  linreg-compress advise data.csv --target y""",
    "risk": """\
  # least squares alone
  linreg-compress risk --samples 80 --features 50

  # one bit per weight, weights drawn from N(0, 0.02)
  linreg-compress risk --samples 80 --features 50 --signal-variance 0.02 \\
      --bits-per-weight 1

  # four levels a weight, for the program that reads the answer
  linreg-compress risk --samples 80 --features 50 --signal-variance 0.02 \\
      --quantizer lloyd-max --levels 4 --format json""",
    "bounds": """\
  # a code that sees the weights alone
  linreg-compress bounds --samples 80 --features 50 --bits-per-weight 1

  # a code that also knows the inputs X
  linreg-compress bounds --samples 80 --features 50 --bits-per-weight 1 \\
      --codec aware""",
    "check": """\
  # every closed form of the package
  linreg-compress check

  # one model and one code of your own, with a line for each check
  linreg-compress check --samples 40 --features 10 --bits-per-weight 1 --all""",
    "simulate": """\
  # two rates and two numbers of rows, crossed
  linreg-compress simulate --samples 80,200 --features 50 \\
      --bits-per-weight 1,2 --trials 2000

  # gptq beside plain k-means, until the change is known to 0.005;
  # the same command with --resume continues after an interruption
  linreg-compress simulate --samples 80 --features 50 --quantizer gptq,kmeans \\
      --levels 4 --standard-error 0.005 --store sweep.sqlite --out sweep.csv""",
    "derive": """\
  # the names and titles of all results
  linreg-compress derive --list

  # one proof, step by step
  linreg-compress derive compression-criterion""",
    "figures": """\
  # one figure, with fewer simulated trials
  linreg-compress figures headline --quick --out my-figures

  # are the committed numbers still what the code computes?
  linreg-compress figures headline --check""",
    "quantize": """\
  # at most 16 levels, with a proof of how good they are
  linreg-compress quantize weights.npy --levels 16

  # equal steps instead, for the program that reads the answer
  linreg-compress quantize weights.npy --levels 16 --method uniform \\
      --format json""",
    "advise": """\
  # how many bits do the weights need to predict column y?
  linreg-compress advise data.csv --target y

  # the curve as a picture, the quantized weights as a file
  linreg-compress advise data.csv --target y --plot curve.svg \\
      --save weights.npz""",
    "demo": """\
  # the lessons
  linreg-compress demo

  # one of them in the browser, or as a page that needs no Python
  linreg-compress demo overfitting
  linreg-compress demo overfitting --static overfitting.html""",
    "reproduce": """\
  # everything, with fewer simulated trials
  linreg-compress reproduce --quick --out quick""",
}
