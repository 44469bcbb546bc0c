// Questions that answer back. The page works without this file: it then shows the questions and
// a closed list of all reasons. The letters chosen are kept in this browser.

/** Read or write what was chosen; a browser that forbids storage only forgets. */
const memory = {
  key: (quiz) => `quiz:${location.pathname}#${quiz.id}`,
  read(quiz) {
    try {
      return localStorage.getItem(this.key(quiz)) ?? "";
    } catch {
      return "";
    }
  },
  write(quiz, letters) {
    try {
      if (letters) localStorage.setItem(this.key(quiz), letters);
      else localStorage.removeItem(this.key(quiz));
    } catch (error) {
      console.info(`This browser does not let the page remember answers: ${error.message}`);
    }
  },
};

/** Copy a reason; an id may stand only once on a page. */
function copyOfReason(quiz, letter) {
  const copy = quiz.querySelector(`.quiz-reason[data-letter="${letter}"]`).cloneNode(true);
  for (const part of copy.querySelectorAll("[id]")) part.removeAttribute("id");
  return copy;
}

/** Make one question live. */
function enliven(quiz) {
  const inputs = [...quiz.querySelectorAll("input")];
  const verdict = quiz.querySelector(".quiz-verdict");
  const again = quiz.querySelector("[type=reset]");

  function answer(letters) {
    const right = letters === quiz.dataset.answer;
    quiz.dataset.state = letters ? (right ? "right" : "wrong") : "none";
    const said = document.createElement("p");
    said.className = "quiz-said";
    said.textContent = quiz.dataset[quiz.dataset.state];
    verdict.replaceChildren(said, ...[...letters].map((letter) => copyOfReason(quiz, letter)));
    again.hidden = !letters;
    memory.write(quiz, letters);
  }

  function forget() {
    delete quiz.dataset.state;
    verdict.replaceChildren();
    again.hidden = true;
    memory.write(quiz, "");
  }

  quiz.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = inputs.filter((input) => input.checked);
    answer(chosen.map((input) => input.value).join(""));
  });
  quiz.addEventListener("reset", () => {
    forget();
    inputs[0].focus();
  });

  quiz.querySelector("fieldset").disabled = false;
  quiz.querySelector(".quiz-actions").hidden = false;
  const remembered = memory.read(quiz);
  const letters = inputs.map((input) => input.value);
  if ([...remembered].some((letter) => !letters.includes(letter))) {
    memory.write(quiz, ""); // the author has changed the options since: ask anew
    return;
  }
  for (const input of inputs) input.checked = remembered.includes(input.value);
  if (remembered) answer(remembered);
}

for (const quiz of document.querySelectorAll("form.quiz")) enliven(quiz);
