// What a platform's page does: it has the text already, and asks its own server for the answer.
import { overlay } from "./overlay.js";

const answer = {
  length_chars: 295,
  passages: [
    { start: 0, end: 97, origin: "typed", inserted: null },
    { start: 97, end: 167, origin: "inserted", inserted: { allowed: false } },
    { start: 167, end: 168, origin: "typed", inserted: null },
    { start: 168, end: 201, origin: "unexplained", inserted: null },
    { start: 201, end: 202, origin: "typed", inserted: null },
    { start: 202, end: 263, origin: "inserted", inserted: { allowed: true } },
    { start: 263, end: 295, origin: "typed", inserted: null },
  ],
};

try {
  overlay(document.getElementById("text"), answer);
} catch (error) {
  document.getElementById("said").textContent = error.message;
}
