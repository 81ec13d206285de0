// What this browser does when the server wakes it: shows the message, and opens its page when it is touched.
"use strict";
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("push", (event) => {
  let told = {};
  try {
    told = event.data.json();
  } catch {
    // A push without words still has to show something.
  }
  event.waitUntil(self.registration.showNotification(told.title || "Hyway", {
    body: told.body || "",
    tag: told.tag || undefined,
    icon: "/static/favicon.svg",
    data: { url: told.url || "/me/notifications" },
  }));
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const to = new URL(event.notification.data.url, self.location.origin);
  // Only pages of this server are opened, whatever was sent.
  const url = to.origin === self.location.origin ? to.href : `${self.location.origin}/me/notifications`;
  event.waitUntil((async () => {
    const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    const found = open.find((each) => each.url === url);
    return found ? found.focus() : self.clients.openWindow(url);
  })());
});
