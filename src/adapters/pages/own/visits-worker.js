// The worker of the technician's pages. Pages come from the network; without one, those of the visits as they were kept.
// What is posted without a network waits in the browser's database and is sent later: the form carries the id of its
// command, so the server does it once. Signing out forgets everything.
"use strict";
var PAGES = "visits", NAME = "visits", STORE = "waiting";

function database() {
  return new Promise(function (resolve, reject) {
    var request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = function () { request.result.createObjectStore(STORE, { autoIncrement: true }); };
    request.onsuccess = function () { resolve(request.result); };
    request.onerror = function () { reject(request.error); };
  });
}

function inStore(mode, act) {
  return database().then(function (opened) {
    return new Promise(function (resolve, reject) {
      var transaction = opened.transaction(STORE, mode), request = act(transaction.objectStore(STORE));
      transaction.oncomplete = function () { resolve(request && request.result); };
      transaction.onerror = function () { reject(transaction.error); };
    });
  });
}

function tell() {
  return inStore("readonly", function (store) { return store.count(); }).then(function (waiting) {
    return self.clients.matchAll().then(function (all) {
      all.forEach(function (client) { client.postMessage({ waiting: waiting }); });
    });
  });
}

function keep(pages) {
  return caches.open(PAGES).then(function (cache) {
    return fetch("/my-work/assets").then(function (answer) { return answer.text(); }).then(function (names) {
      return Promise.all(pages.concat(names.split("\n")).map(function (page) {
        return fetch(page, { credentials: "same-origin" }).then(function (answer) {
          if (answer.ok && !answer.redirected) { return cache.put(page, answer); }
        });
      }));
    });
  });
}

function later(request) {
  return request.text().then(function (body) {
    var kept = { url: request.url, body: body, type: request.headers.get("Content-Type") };
    return inStore("readwrite", function (store) { return store.add(kept); });
  }).then(tell).then(function () {
    return request.headers.has("HX-Request") ?
      new Response("", { status: 200, headers: { "HX-Redirect": "/my-work" } }) : Response.redirect("/my-work", 303);
  });
}

function send() {
  return inStore("readonly", function (store) { return store.getAllKeys(); }).then(function (keys) {
    return keys.reduce(function (before, key) {
      return before.then(function () { return sendOne(key); });
    }, Promise.resolve());
  }).then(tell, tell);
}

// What the server took or refused for good is not sent again; without a network or a session it waits on.
function sendOne(key) {
  return inStore("readonly", function (store) { return store.get(key); }).then(function (kept) {
    return kept && fetch(kept.url, {
      method: "POST", body: kept.body, headers: { "Content-Type": kept.type, "HX-Request": "true" },
      credentials: "same-origin"
    }).then(function (answer) {
      var next = answer.headers.get("HX-Redirect") || "";
      if (answer.status < 500 && next.indexOf("/sign-in") !== 0) {
        return inStore("readwrite", function (store) { return store.delete(key); });
      }
    });
  });
}

self.addEventListener("install", function (event) { event.waitUntil(self.skipWaiting()); });
self.addEventListener("activate", function (event) { event.waitUntil(self.clients.claim()); });
self.addEventListener("message", function (event) {
  if (event.data.keep) { event.waitUntil(keep(event.data.keep)); }
  if (event.data.send) { event.waitUntil(send()); }
  if (event.data.count) { event.waitUntil(tell()); }
});
self.addEventListener("fetch", function (event) {
  var url = new URL(event.request.url);
  if (url.origin !== self.location.origin) { return; }
  if (url.pathname === "/sign-out") {
    event.waitUntil(caches.delete(PAGES));
    return;
  }
  if (event.request.method === "POST" && url.pathname.indexOf("/tickets/") === 0) {
    var copy = event.request.clone();
    event.respondWith(fetch(event.request).catch(function () { return later(copy); }));
  } else if (event.request.method === "GET") {
    event.respondWith(fetch(event.request).catch(function () {
      return caches.match(event.request, { ignoreVary: true }).then(function (kept) { return kept || Response.error(); });
    }));
  }
});
