// The pictures of the slides: each is drawn once, and its letters grow with the slide.

const WIDE = 900, HIGH = 265; // of all panels together, in the units of their letters

for (const place of document.querySelectorAll("[data-picture]")) {
  const panels = data.pictures[place.dataset.picture];
  holdersIn(place, panels.length).forEach((holder, i) => drawPanel(holder, ...panels[i], HIGH, { width: WIDE / panels.length }));
}

const slides = [...document.querySelectorAll(".slide")];
addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const now = slides.reduce((best, slide, i) => Math.abs(slide.getBoundingClientRect().top) < Math.abs(slides[best].getBoundingClientRect().top) ? i : best, 0);
  slides[Math.max(0, Math.min(slides.length - 1, now + step))].scrollIntoView();
});
