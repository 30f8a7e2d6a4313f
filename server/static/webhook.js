// While a test is on its way, its outcome is fetched until it is there: nobody has to reload.
const EVERY_MS = 1500;
const AT_MOST = 40;

async function look(left) {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const log = fresh.getElementById("deliveries");
  if (!log) return;
  if (!fresh.querySelector("[data-waits]") || left === 0) {
    document.getElementById("deliveries").replaceChildren(...log.childNodes);
    return;
  }
  setTimeout(() => look(left - 1), EVERY_MS);
}

if (document.querySelector("[data-waits]")) setTimeout(() => look(AT_MOST), EVERY_MS);
