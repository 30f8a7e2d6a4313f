"""Final texts as classes of characters, with lengths as in essays."""

import numpy as np

from detector.simulation.figures import WritingFigures, load_figures


def draw_text(
    rng: np.random.Generator, characters: int, figures: WritingFigures | None = None
) -> str:
    """Draw about ``characters`` classes of an essay: sentences, paragraphs, some digits."""
    figures = figures or load_figures()
    mean, spread = figures.sentence_words
    lengths = np.arange(1, len(figures.word_length) + 1)
    chances = np.array(figures.word_length) / sum(figures.word_length)
    text: list[str] = []
    size = 0
    while size < characters:
        for _ in range(1 + rng.poisson(max(figures.paragraph_sentences - 1, 0.5))):
            words = max(1, round(float(np.exp(rng.normal(mean, spread)))))
            drawn = rng.choice(lengths, size=words, p=chances)
            sentence = " ".join(("0" if rng.random() < 0.004 else "a") * int(n) for n in drawn)
            text.append(sentence + ". ")
            size += len(sentence) + 2
            if size >= characters:
                break
        text.append("\n\n")
    return "".join(text).rstrip() + "\n"
