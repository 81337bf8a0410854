// The pictures of the slides: each is drawn once, and its letters grow with the slide.

const WIDE = 900, HIGH = 300; // of all panels together, in the units of their letters

for (const place of document.querySelectorAll("[data-picture]")) {
  const panels = data.pictures[place.dataset.picture];
  holdersIn(place, panels.length).forEach((holder, i) => drawPanel(holder, ...panels[i], HIGH, { width: WIDE / panels.length }));
}

for (const box of document.querySelectorAll(".slide .formula")) { // a long formula in smaller letters, so that none is cut
  const math = box.firstElementChild, slide = box.closest(".slide"), share = box.clientWidth / box.scrollWidth;
  const wide = slide.clientWidth - 2 * parseFloat(getComputedStyle(slide).paddingLeft);
  if (share < 1) math.style.fontSize = 98 * share * parseFloat(getComputedStyle(math).fontSize) / wide + "cqw";
}

const slides = [...document.querySelectorAll(".slide")];
addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const now = slides.reduce((best, slide, i) => Math.abs(slide.getBoundingClientRect().top) < Math.abs(slides[best].getBoundingClientRect().top) ? i : best, 0);
  slides[Math.max(0, Math.min(slides.length - 1, now + step))].scrollIntoView();
});
