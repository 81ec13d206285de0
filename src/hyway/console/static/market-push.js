// Whether this browser may be woken: asks it, and tells the server where it can be reached.
"use strict";
(() => {
  const card = document.getElementById("push");
  const say = card.querySelector("[data-state]");
  const on = card.querySelector("[data-on]");
  const off = card.querySelector("[data-off]");
  const raw = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));
  const text = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const send = async (what, fields) => {
    const answer = await fetch(`/me/notification_settings/${what}`, { method: "POST", headers: { "X-Part": "1" }, body: new URLSearchParams({ csrf: card.dataset.csrf, ...fields }) });
    if (!answer.ok) throw new Error((await answer.text()) || "The server did not take it.");
  };
  const show = (held) => {
    say.textContent = Notification.permission === "denied" ? "This browser was told never to show messages of this site. Its settings can undo that." : held ? "This browser is woken when something happens." : "This browser is not woken yet.";
    on.hidden = held || Notification.permission === "denied";
    off.hidden = !held;
  };
  const fail = (error) => { say.textContent = `That did not work: ${error.message}`; };

  const begin = async () => {
    if (!("serviceWorker" in navigator) || !("PushManager" in window)) {
      say.textContent = "This browser cannot be woken by web pages, or not without https.";
      return;
    }
    const worker = await navigator.serviceWorker.register(card.dataset.worker);
    const fresh = worker.installing || worker.waiting;
    if (!worker.active && fresh) await new Promise((done) => fresh.addEventListener("statechange", () => fresh.state === "activated" && done()));
    const held = await worker.pushManager.getSubscription();
    show(Boolean(held));
    on.addEventListener("click", async () => {
      try {
        if ((await Notification.requestPermission()) !== "granted") return show(false);
        const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: raw(card.dataset.key) });
        await send("subscribe", { endpoint: made.endpoint, p256dh: text(made.getKey("p256dh")), auth: text(made.getKey("auth")) });
        location.reload();
      } catch (error) { fail(error); }
    });
    off.addEventListener("click", async () => {
      try {
        const now = await worker.pushManager.getSubscription();
        if (now) {
          await send("unsubscribe", { endpoint: now.endpoint });
          await now.unsubscribe();
        }
        location.reload();
      } catch (error) { fail(error); }
    });
  };
  begin().catch(fail);
})();
