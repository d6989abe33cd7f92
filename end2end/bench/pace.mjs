// How fast the machine is just now: shared ones change by a factor of three within an hour, and with them every figure in milliseconds.

/** The best of five turns of a fixed piece of work in the browser, milliseconds. It is nothing of the app's. */
export async function pace(browser) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const turns = [];
  for (let turn = 0; turn < 5; turn++) turns.push(await page.evaluate(work));
  await context.close();
  return Math.min(...turns);
}

/** In the page: numbers sorted, written and read as JSON, and laid out as a table. */
function work() {
  const begin = performance.now();
  const numbers = [];
  for (let number = 1; numbers.length < 200_000; ) {
    number = (number * 1103515245 + 12345) & 0x7fffffff;
    numbers.push(number);
  }
  const sorted = JSON.parse(JSON.stringify(numbers.sort((one, other) => one - other)));
  const table = document.createElement("table");
  for (const number of sorted.filter((_, at) => at % 200 === 0)) {
    for (let cell = 0, row = table.insertRow(); cell < 5; cell++) row.insertCell().textContent = String(number);
  }
  document.body.replaceChildren(table);
  const height = table.getBoundingClientRect().height;
  table.remove();
  if (!(height > 0)) throw new Error("nothing was laid out");
  return performance.now() - begin;
}
