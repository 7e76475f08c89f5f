// Opens pages in Chromium at four widths, in the dark and on paper, and says what is wrong with them.
//
//   node check.mjs CHROMIUM FOLDER PAGE...
//
// A page is a file or an address on this machine. FOLDER gets a picture of each page at each width,
// and its PDF. Prints a line a finding and a line of counts; ends with 1 where there is a finding, with 3
// where the browser ended before.

import { chromium } from "playwright-core";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const [executable, folder, ...pages] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });

const WIDTHS = [390, 768, 1440, 2560];
const quiet = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];
const findings = [];
let looks = 0;

// What sticks out of the window or of its own box.
function overflows() {
  const found = [];
  const root = document.scrollingElement;
  if (root.scrollWidth > window.innerWidth) found.push(`the page is ${root.scrollWidth} px wide in ${window.innerWidth} px`);
  const hidden = (element) => {
    const style = getComputedStyle(element);
    return style.visibility === "hidden" || style.clipPath !== "none" || element.closest(".skip, thead");
  };
  for (const element of document.querySelectorAll("body *")) {
    if (element.closest("svg, script, style") && element.tagName !== "svg") continue;
    const box = element.getBoundingClientRect();
    if (box.width === 0 || box.height === 0 || hidden(element)) continue;
    const name = `<${element.tagName.toLowerCase()}${element.id ? ` id=${element.id}` : ""} class="${element.className.baseVal ?? element.className}">`;
    const says = (element.textContent ?? "").trim().replace(/\s+/g, " ").slice(0, 50);
    if (box.right > window.innerWidth + 1 || box.left < -1) found.push(`${name} from ${Math.round(box.left)} to ${Math.round(box.right)} px: ${says}`);
    const style = getComputedStyle(element);
    const clips = style.overflowX === "hidden" || style.overflowX === "clip";
    if (clips && element.scrollWidth > element.clientWidth + 1 && says) found.push(`${name} is cut off: ${says}`);
    const scrolls = style.overflowX === "auto" || style.overflowX === "scroll";
    if (scrolls && element.scrollWidth > element.clientWidth + 1) found.push(`${name} has to be scrolled: ${says}`);
  }
  return found.slice(0, 8);
}

// Text of a drawing that is smaller than 9 px, or outside of it.
function smallText() {
  const found = [];
  for (const text of document.querySelectorAll("svg text")) {
    const svg = text.ownerSVGElement.getBoundingClientRect();
    const box = text.getBoundingClientRect();
    if (box.width === 0) continue;
    const scale = svg.width / (text.ownerSVGElement.viewBox.baseVal?.width || svg.width);
    const size = parseFloat(getComputedStyle(text).fontSize) * scale;
    if (size < 9) found.push(`text of ${size.toFixed(1)} px in a drawing: ${text.textContent.slice(0, 40)}`);
    if (box.left < svg.left - 2 || box.right > svg.right + 2) found.push(`text outside of its drawing: ${text.textContent.slice(0, 40)}`);
  }
  return found.slice(0, 5);
}

// Whether Tab goes through everything that can be reached, from the top down.
async function tabOrder(page) {
  const count = await page.evaluate(() => {
    const all = [...document.querySelectorAll("a[href], button, summary, input, select, [tabindex='0']")];
    const shown = all.filter((element) => element.checkVisibility() && !element.disabled);
    shown.forEach((element, place) => { element.dataset.tabPlace = place; });
    return shown.length;
  });
  const order = [];
  for (let press = 0; press < Math.min(count, 60); press += 1) {
    await page.keyboard.press("Tab");
    order.push(await page.evaluate(() => Number(document.activeElement?.dataset.tabPlace ?? -1)));
  }
  const reached = order.filter((place) => place >= 0);
  // A group of radio buttons is one stop, so places may be left out but never go back.
  const goesDown = reached.every((place, i) => i === 0 || place > reached[i - 1]);
  return goesDown && reached.length === order.length ? [] : [`Tab goes ${order.join(" ")}`];
}

// A page of many screens is pictured in pieces, as far as a browser can draw one.
const TALLEST = 12000;

async function picture(page, name) {
  const height = await page.evaluate(() => document.scrollingElement.scrollHeight);
  const width = page.viewportSize().width;
  for (let top = 0, piece = 0; top < height && piece < 4; top += TALLEST, piece += 1) {
    const clip = { x: 0, y: top, width, height: Math.min(TALLEST, height - top) };
    const path = join(folder, `${name}${piece > 0 ? `-${piece}` : ""}.png`);
    await page.screenshot({ path, clip, fullPage: true, timeout: 120000 });
  }
}

async function look(browser, source, width, scheme) {
  looks += 1;
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme, bypassCSP: true });
  const page = await context.newPage();
  const isFile = existsSync(source);
  const address = isFile ? pathToFileURL(resolve(source)).href : source;
  const own = basename(source, ".html");
  const pageName = own === "report" ? basename(dirname(resolve(source))) : own;
  const name = `${isFile ? pageName : new URL(source).pathname.replaceAll("/", "_")}-${width}${scheme === "dark" ? "-dark" : ""}`;
  const tell = (what) => findings.push(`${name}: ${what}`);
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) tell(`console: ${message.text()}`); });
  page.on("pageerror", (error) => tell(`error: ${error.message}`));
  page.on("dialog", (dialog) => { tell(`a dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on("request", (request) => {
    const ok = isFile ? request.url() === address || request.url().startsWith("data:") : new URL(request.url()).host === new URL(address).host;
    if (!ok) tell(`asks for ${request.url().slice(0, 80)}`);
  });
  await page.goto(address);
  await page.waitForTimeout(200);
  (await page.evaluate(overflows)).forEach(tell);
  (await page.evaluate(smallText)).forEach(tell);
  await picture(page, name);
  if (width === 1440 && scheme === "light") {
    (await tabOrder(page)).forEach(tell);
    await page.pdf({ path: join(folder, `${name}.pdf`), preferCSSPageSize: true });
  }
  await page.evaluate(() => { for (const details of document.querySelectorAll("details")) details.open = true; });
  await page.waitForTimeout(100);
  (await page.evaluate(overflows)).forEach((what) => tell(`all unfolded: ${what}`));
  // Its rules take minutes on tens of thousands of elements: there, only what is unfolded at first.
  const isLarge = (await page.evaluate(() => document.querySelectorAll("*").length)) > 20000;
  if (isLarge) await page.evaluate(() => { for (const details of document.querySelectorAll("details")) details.open = false; });
  if ((width === 1440 || (width === 390 && !isLarge))) {
    await page.evaluate(axe);
    const result = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
    for (const violation of result.violations) {
      const node = violation.nodes[0];
      tell(`axe ${violation.id}, ${violation.nodes.length} times: ${violation.help}; first ${node.html.slice(0, 120)} ${node.any[0]?.message ?? ""}`);
    }
  }
  await context.close();
}

try {
  const browser = await chromium.launch({ executablePath: executable, args: quiet });
  for (const source of pages) {
    for (const width of WIDTHS) await look(browser, source, width, "light");
    await look(browser, source, 1440, "dark");
  }
  await browser.close();
} catch (error) {
  // A browser that does not work says nothing of the pages.
  console.log(`the browser ended: ${error.message.split("\n")[0]}`);
  process.exit(findings.length > 0 ? 1 : 3);
}
for (const finding of findings) console.log(finding);
console.log(`${pages.length} pages, ${looks} looks: ${findings.length} findings`);
process.exit(findings.length > 0 ? 1 : 0);
