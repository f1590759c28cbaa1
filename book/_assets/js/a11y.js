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

  // A list has to have items, and a signature broken over lines is no list.
  set("role", "listitem", ".citation-list > .citation");
  set("role", "presentation", "dt.sig dl");

  // The empty corner of a DataFrame is the head of nothing.
  for (const head of document.querySelectorAll("table.dataframe thead th")) {
    if (!head.textContent.trim()) {
      head.replaceWith(document.createElement("td"));
    }
  }
});
