// What to do, by the way that the address names; and how long the text is.
"use strict";
const said = {
  genuine: "Compose. Write in your own words, as you do in paid work. Take breaks as you need them.",
  pasted: "Paste. Copy the text of the source page, paste it here, and change a word or two.",
  retyped: "Retype. Type the text of the source page here, as it stands.",
};
const prompts = [
  "Explain to a new colleague how you judge whether an answer in your field can be trusted.",
  "Describe a decision in your work that looked right and was not, and how you noticed.",
  "Two answers to the same question disagree. How do you find out which is better?",
  "Which mistake do beginners in your field make most often, and what would you tell them?",
];
const asked = new URLSearchParams(location.search);
const way = asked.get("way") in said ? asked.get("way") : "genuine";
document.getElementById("way").textContent =
  `${said[way]} About ${Number.parseInt(asked.get("minutes"), 10) || 15} minutes.`;
document.getElementById("question").hidden = way !== "genuine";
document.getElementById("prompt").textContent = prompts[Math.floor(Math.random() * prompts.length)];
const answer = document.getElementById("answer");
answer.addEventListener("input", () => {
  document.getElementById("length").textContent = `${[...answer.value].length} characters`;
});
answer.focus();
