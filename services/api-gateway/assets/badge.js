// Everything works without this; with it a choice shows at once, and a press of a button copies.
const form = document.querySelector("form");
for (const choice of form.querySelectorAll("select")) {
  choice.addEventListener("change", () => {
    if (form.elements.domain.value) form.requestSubmit();
  });
}
const announced = document.getElementById("announced");
for (const text of document.querySelectorAll("textarea")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy " + text.dataset.kind;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.value);
      announced.textContent = text.dataset.kind + " copied";
    } catch {
      text.select();
      announced.textContent = text.dataset.kind + " selected: press Ctrl+C to copy";
    }
  });
  text.after(button);
}
