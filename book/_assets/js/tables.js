// pandas aligns every head to the right and leaves the cells to the page.
// Mark the columns that hold numbers, so that css/book.css can line them up.
const isNumber = (cell) =>
  /^[-+−]?[\d.,]+(e[-+]?\d+)?\s?%?$|^(NaN|inf|-inf)$/i.test(
    cell.textContent.trim(),
  );

document.addEventListener("DOMContentLoaded", () => {
  for (const table of document.querySelectorAll("table.dataframe")) {
    const heads = [...(table.tHead?.rows ?? [])];
    for (const row of table.tBodies[0]?.rows ?? []) {
      for (const cell of row.cells) {
        if (cell.tagName === "TD" && isNumber(cell)) {
          cell.classList.add("number");
          for (const head of heads) {
            head.cells[cell.cellIndex]?.classList.add("number");
          }
        }
      }
    }
  }
});
