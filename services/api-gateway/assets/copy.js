// Gives every snippet a button that copies it. Snippets that come later announce themselves.
function addButtons() {
  for (const text of document.querySelectorAll("textarea[data-kind]:not([data-ready])")) {
    text.dataset.ready = "";
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy " + text.dataset.kind;
    button.addEventListener("click", () => copy(text));
    text.after(button);
  }
}

async function copy(text) {
  const announced = document.getElementById("announced");
  try {
    await navigator.clipboard.writeText(text.value);
    announced.textContent = text.dataset.kind + " copied";
  } catch {
    text.select();
    announced.textContent = text.dataset.kind + " selected: press Ctrl+C to copy";
  }
}

addButtons();
document.addEventListener("snippets", addButtons);
