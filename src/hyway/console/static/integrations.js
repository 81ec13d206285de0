// Setting up an integration: tried without leaving the page, so that what is secret need not be typed again.
"use strict";
(() => {
  const form = document.querySelector("[data-setup]");
  const verdict = document.querySelector("[data-verdict]");

  const send = async (button) => {
    const label = button.textContent;
    const buttons = Array.from(form.querySelectorAll("button"));
    buttons.forEach((each) => { each.disabled = true; });
    button.textContent = button.dataset.asks;
    form.classList.add("is-busy");
    try {
      const answer = await fetch(button.getAttribute("formaction") || form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "X-Part": "1" } });
      const to = answer.headers.get("x-go");
      if (to) return location.assign(to);
      if (!answer.ok) throw new Error(String(answer.status));
      verdict.innerHTML = await answer.text();
    } catch {
      verdict.innerHTML = "<div class=\"alert\" role=\"alert\"><p>This server did not answer. Load the page again.</p></div>";
    }
    buttons.forEach((each) => { each.disabled = false; });
    button.textContent = label;
    form.classList.remove("is-busy");
    button.focus();
    verdict.scrollIntoView({ block: "nearest" });
  };

  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    send(event.submitter);
  });
  form?.addEventListener("input", () => { verdict.textContent = ""; });

  // What there is to choose from comes into the page as it stands: nothing that was typed is lost.
  const survey = document.querySelector("[data-survey]");
  survey?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.submitter;
    const label = button.textContent;
    button.disabled = true;
    button.textContent = button.dataset.asks;
    try {
      const answer = await fetch(survey.action, { method: "POST", body: new URLSearchParams(new FormData(survey)), headers: { "X-Part": "1" } });
      const to = answer.headers.get("x-go");
      if (to) return location.assign(to);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!page.querySelector("[data-survey]")) throw new Error(String(answer.status));
      if (page.querySelector("[data-setup] select")) survey.reset();
      document.querySelectorAll("[data-surveyed]").forEach((each) => {
        const fresh = page.querySelector(`[data-surveyed="${each.dataset.surveyed}"]`);
        if (!each.dataset.surveyed || fresh?.querySelector("select")) each.replaceWith(fresh);
      });
    } catch {
      survey.querySelector("[data-surveyed]").innerHTML = "<div class=\"alert\" role=\"alert\"><p>This server did not answer. Load the page again.</p></div>";
    }
    button.disabled = false;
    button.textContent = label;
  });

  document.querySelector("[data-all]")?.addEventListener("change", (event) => {
    event.target.form.querySelectorAll("[name=resource]").forEach((each) => { each.checked = event.target.checked; });
  });
})();
