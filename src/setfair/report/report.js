(function () {
  "use strict";
  const tip = document.getElementById("tip");
  const gap = 14;
  function place(event) {
    const box = tip.getBoundingClientRect();
    const wide = document.documentElement.clientWidth;
    const beside = event.clientX + gap + box.width;
    const left = beside > wide ? Math.max(4, event.clientX - gap - box.width) : event.clientX + gap;
    const above = event.clientY - gap - box.height;
    tip.style.left = left + "px";
    tip.style.top = (above > 0 ? above : event.clientY + gap) + "px";
  }
  document.addEventListener("pointerover", function (event) {
    const about = event.target.closest("[data-tip]");
    tip.hidden = !about;
    if (about) {
      tip.textContent = about.dataset.tip;
      place(event);
    }
  });
  document.addEventListener("pointermove", function (event) {
    if (!tip.hidden) { place(event); }
  });
  document.addEventListener("scroll", function () { tip.hidden = true; }, { passive: true });
})();
