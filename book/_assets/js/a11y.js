// What Sphinx 7 and sphinx-book-theme 1.2.0 leave out for screen readers.
function set(attribute, value, selector) {
  for (const element of document.querySelectorAll(selector)) {
    element.setAttribute(attribute, value);
  }
}

document.addEventListener("DOMContentLoaded", () => {
  // A spoken name has to hold the words that the button shows.
  set("aria-label", "Search Ctrl+K", ".search-button__button");
  set("aria-label", "Color mode", ".theme-switch-button");

  // The title above the chapter list stands outside every landmark.
  const title = ".sidebar-primary-item:has(.navbar-brand)";
  set("aria-label", "Book title", title);
  set("role", "region", title);

  // The arrow that unfolds a part of the list has no words.
  for (const arrow of document.querySelectorAll(".has-children > details")) {
    const name = arrow.parentElement.querySelector("a").textContent.trim();
    const summary = arrow.querySelector("summary");
    summary.setAttribute("aria-label", `Pages of ${name}`);
  }

  // A list has to have items, and a signature broken over lines is no list.
  set("role", "listitem", ".citation-list > .citation");
  for (const list of document.querySelectorAll(".bd-article ul > ul")) {
    list.previousElementSibling.append(list);
  }
  set("role", "presentation", "dt.sig dl");

  // The theme lets the keyboard reach the tables and the code that scroll;
  // formulas and pictures can be as wide.
  const wide = "mjx-container[display], :is(figure, .cell_output):has(> svg)";
  const reach = () => {
    for (const part of document.querySelectorAll(wide)) {
      const scrolls = part.scrollWidth > part.clientWidth;
      if (scrolls) part.tabIndex = 0;
      else part.removeAttribute("tabindex");
    }
  };
  reach();
  window.MathJax?.startup?.promise.then(reach);
  window.addEventListener("resize", reach);

  // The empty corner of a DataFrame is the head of nothing.
  for (const head of document.querySelectorAll("table.dataframe thead th")) {
    if (!head.textContent.trim()) {
      head.replaceWith(document.createElement("td"));
    }
  }
});
