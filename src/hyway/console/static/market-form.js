// Forms of programmes: a small editor for briefs, pictures shown before they are sent, countries found by name.
"use strict";
(() => {
  const all = (where, what) => Array.from(where.querySelectorAll(what));

  // The editor writes into the textarea that it hides; the server makes harmless whatever it is sent.
  const TOOLS = [
    ["bold", "B", "Bold", "b"],
    ["italic", "I", "Italic", "i"],
    ["h3", "H", "Heading"],
    ["insertUnorderedList", "•", "List"],
    ["insertOrderedList", "1.", "Numbered list"],
    ["blockquote", "“", "Quotation"],
    ["link", "↗", "Link", "k"],
    ["removeFormat", "⌫", "Plain text"],
  ];
  const edit = (field) => {
    const area = field.querySelector("textarea");
    const page = document.createElement("div");
    page.className = "prose editor-page";
    page.contentEditable = "true";
    page.tabIndex = 0;
    page.setAttribute("role", "textbox");
    page.setAttribute("aria-multiline", "true");
    page.setAttribute("aria-labelledby", field.querySelector("label").id);
    if (area.getAttribute("aria-invalid")) page.setAttribute("aria-invalid", "true");
    page.innerHTML = area.value || "<p><br></p>";
    const bar = document.createElement("div");
    bar.className = "editor-bar";
    bar.setAttribute("role", "toolbar");
    bar.setAttribute("aria-label", "Format");
    const keep = () => {
      // Browsers put lists into paragraphs, which no HTML can hold.
      const copy = page.cloneNode(true);
      all(copy, "p > ul, p > ol").forEach((list) => list.parentElement.replaceWith(...list.parentElement.childNodes));
      area.value = copy.textContent.trim() ? copy.innerHTML : "";
    };
    const block = (name) => {
      const now = String(document.queryCommandValue("formatBlock")).toLowerCase();
      document.execCommand("formatBlock", false, now === name ? "p" : name);
    };
    const act = (name) => {
      page.focus();
      if (name === "link") return ask();
      if (name === "h3" || name === "blockquote") block(name);
      else document.execCommand(name);
      keep();
    };
    const line = document.createElement("div");
    line.className = "editor-link row";
    line.hidden = true;
    const address = Object.assign(document.createElement("input"), { type: "url", placeholder: "https://example.com", ariaLabel: "Where the link leads" });
    const put = Object.assign(document.createElement("button"), { type: "button", className: "ghost small", textContent: "Link" });
    line.append(address, put);
    let chosen = null;
    const ask = () => {
      const selection = getSelection();
      if (!selection.rangeCount || !page.contains(selection.anchorNode)) return;
      chosen = selection.getRangeAt(0).cloneRange();
      line.hidden = false;
      address.value = selection.anchorNode.parentElement.closest("a")?.href || "";
      address.focus();
    };
    const link = () => {
      line.hidden = true;
      const selection = getSelection();
      page.focus();
      selection.removeAllRanges();
      selection.addRange(chosen);
      const to = address.value.trim();
      if (!to) document.execCommand("unlink");
      else if (/^(https?:\/\/|mailto:|tel:)/i.test(to)) {
        if (selection.isCollapsed) document.execCommand("insertText", false, to), selection.modify("extend", "backward", "word");
        document.execCommand("createLink", false, to);
      }
      keep();
    };
    put.addEventListener("click", link);
    address.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault(), link();
      if (event.key === "Escape") line.hidden = true, page.focus();
    });
    TOOLS.forEach(([name, sign, label, key], index) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: sign, className: `plain tool tool-${name}`, ariaLabel: label, title: key ? `${label} (Ctrl+${key.toUpperCase()})` : label, tabIndex: index ? -1 : 0 });
      button.addEventListener("mousedown", (event) => event.preventDefault());
      button.addEventListener("click", () => act(name));
      bar.append(button);
    });
    bar.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const buttons = all(bar, "button");
      const next = buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length];
      buttons.forEach((each) => { each.tabIndex = each === next ? 0 : -1; });
      next.focus();
    });
    page.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key === "k") event.preventDefault(), ask();
    });
    page.addEventListener("input", keep);
    // What is pasted keeps its words alone: styles of elsewhere would not survive the server anyway.
    page.addEventListener("paste", (event) => {
      event.preventDefault();
      document.execCommand("insertText", false, event.clipboardData.getData("text/plain"));
    });
    document.execCommand("defaultParagraphSeparator", false, "p");
    const box = document.createElement("div");
    box.className = "editor";
    box.append(bar, line, page);
    area.hidden = true;
    area.after(box);
    field.querySelector("label").addEventListener("click", () => page.focus());
  };
  all(document, "[data-editor]").forEach(edit);

  // The picture that was chosen, before it is sent.
  all(document, "[data-picture]").forEach((field) => {
    const canvas = field.querySelector("canvas");
    const old = field.querySelector("img");
    field.querySelector("input[type=file]").addEventListener("change", async (event) => {
      const file = event.target.files[0];
      canvas.hidden = true;
      if (old) old.hidden = false;
      if (!file) return;
      try {
        const bitmap = await createImageBitmap(file);
        const scale = Math.min(1, 640 / bitmap.width);
        canvas.width = Math.max(1, Math.round(bitmap.width * scale));
        canvas.height = Math.max(1, Math.round(bitmap.height * scale));
        canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
        canvas.hidden = false;
        if (old) old.hidden = true;
      } catch {
        // Not a picture that this browser knows: the server judges it.
      }
    });
  });

  // Countries by name; those chosen stand first.
  all(document, "[data-pick]").forEach((field) => {
    const box = field.querySelector(".pick");
    const search = field.querySelector(".pick-search");
    const labels = all(box, "label");
    const count = document.createElement("small");
    field.querySelector("legend small")?.remove();
    field.querySelector("legend").append(" ", count);
    const order = () => {
      labels.filter((each) => each.firstChild.checked).reverse().forEach((each) => box.prepend(each));
    };
    const tell = () => { const many = all(box, ":checked").length; count.textContent = many ? `${many} chosen` : ""; };
    search.addEventListener("input", () => {
      const wanted = search.value.trim().toLowerCase();
      labels.forEach((each) => { each.hidden = !each.textContent.toLowerCase().includes(wanted); });
    });
    search.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      const first = labels.find((each) => !each.hidden);
      if (first && search.value) first.firstChild.checked = !first.firstChild.checked, tell(), search.select();
    });
    box.addEventListener("change", tell);
    order();
    tell();
  });

  const currency = document.getElementById("f-currency");
  currency?.addEventListener("change", () => {
    all(document, "[data-currency]").forEach((each) => { each.textContent = currency.value.toUpperCase(); });
  });
})();
