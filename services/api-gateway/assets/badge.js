// Everything works without this; with it a choice shows at once.
const form = document.querySelector("form");
for (const choice of form.querySelectorAll("select")) {
  choice.addEventListener("change", () => {
    if (form.elements.domain.value) form.requestSubmit();
  });
}
