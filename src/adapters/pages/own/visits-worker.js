// The worker of the technician's pages. Pages come from the network; without one, those of the visits as they were kept.
// What is posted without a network waits in the browser's database and is sent later: the form carries the id of its
// command, so the server does it once. What the server refuses is kept until the technician drops it. Signing out, and
// somebody else who signs in, forgets everything.
"use strict";
var PAGES = "visits", STORE = "waiting", WHO = "/my-work/who";

function database() {
  return new Promise(function (resolve, reject) {
    var request = indexedDB.open("visits", 2);
    request.onupgradeneeded = function () {
      // The store of version 1 had no ids of its own, so nothing in it could be sent or dropped.
      if (request.result.objectStoreNames.contains(STORE)) { request.result.deleteObjectStore(STORE); }
      request.result.createObjectStore(STORE, { keyPath: "id", autoIncrement: true });
    };
    request.onsuccess = function () { resolve(request.result); };
    request.onerror = function () { reject(request.error); };
  });
}

function inStore(mode, act) {
  return database().then(function (opened) {
    return new Promise(function (resolve, reject) {
      var transaction = opened.transaction(STORE, mode), request = act(transaction.objectStore(STORE));
      transaction.oncomplete = function () { opened.close(); resolve(request.result); };
      transaction.onabort = function () { opened.close(); reject(transaction.error); };
    });
  });
}

function kept() { return inStore("readonly", function (store) { return store.getAll(); }); }

function dropped(id) { return inStore("readwrite", function (store) { return store.delete(id); }); }

function tell() {
  return Promise.all([kept(), self.clients.matchAll()]).then(function (found) {
    var refused = found[0].filter(function (each) { return each.isRefused; });
    var shown = refused.map(function (each) { return { id: each.id, url: each.url, said: each.said }; });
    var said = { waiting: found[0].length - refused.length, refused: shown };
    found[1].forEach(function (client) { client.postMessage(said); });
  });
}

function keep(pages) {
  return Promise.all([caches.open(PAGES), fetch("/my-work/assets").then(function (answer) { return answer.text(); })])
    .then(function (found) {
      return Promise.all(pages.concat(found[1].split("\n")).map(function (page) {
        return fetch(page, { credentials: "same-origin" }).then(function (answer) {
          if (answer.ok && !answer.redirected) { return found[0].put(page, answer); }
        });
      }));
    }).catch(function () { /* Without a network what was kept before stays. */ });
}

function forget() {
  return Promise.all([caches.delete(PAGES), inStore("readwrite", function (store) { return store.clear(); })]);
}

// Signing out never fails because of what is kept.
function signedOut(request) {
  function go() { return fetch(request); }
  return send().then(go, go).then(function (answer) {
    return forget().then(function () { return answer; }, function () { return answer; });
  });
}

function become(who) {
  return caches.match(WHO).then(function (known) { return known ? known.text() : who; }).then(function (before) {
    return before === who ? undefined : forget();
  }).then(function () { return caches.open(PAGES); }).then(function (cache) { return cache.put(WHO, new Response(who)); });
}

// The body is kept as bytes, for a photo is no text.
function later(request) {
  return Promise.all([request.clone().formData(), request.arrayBuffer()]).then(function (found) {
    var said = Array.from(found[0]).filter(function (field) { return field[0][0] !== "_" && typeof field[1] === "string"; });
    return inStore("readwrite", function (store) {
      return store.add({
        url: request.url, body: found[1], type: request.headers.get("Content-Type"), isRefused: false,
        said: said.map(function (field) { return field[1]; }).filter(Boolean).join(", ")
      });
    });
  }).then(tell).then(function () {
    return request.headers.has("HX-Request") ?
      new Response("", { status: 200, headers: { "HX-Redirect": "/my-work" } }) : Response.redirect("/my-work", 303);
  });
}

// One at a time, whichever page asks: of two that send the same, one could drop what the other could not send.
function send() {
  return navigator.locks.request(PAGES, function () {
    return kept().then(function (all) {
      return all.reduce(function (before, each) {
        return before.then(function () { return each.isRefused ? undefined : sendOne(each); });
      }, Promise.resolve());
    });
  }).then(tell, tell);
}

// What the server took is dropped. Without a network or a session, or while the server is ill, it waits on.
function sendOne(each) {
  return fetch(each.url, {
    method: "POST", body: each.body, headers: { "Content-Type": each.type, "HX-Request": "true" },
    credentials: "same-origin"
  }).then(function (answer) {
    var next = answer.headers.get("HX-Redirect") || "";
    if (answer.status >= 500 || next.indexOf("/sign-in") === 0) { return undefined; }
    if (answer.ok) { return dropped(each.id); }
    return inStore("readwrite", function (store) { return store.put(Object.assign(each, { isRefused: true })); });
  });
}

self.addEventListener("install", function (event) { event.waitUntil(self.skipWaiting()); });
self.addEventListener("activate", function (event) { event.waitUntil(self.clients.claim()); });
self.addEventListener("message", function (event) {
  var asked = event.data;
  if (asked.who) {
    event.waitUntil(become(asked.who).then(function () { return Promise.all([keep(asked.keep), send()]); }));
  }
  if (asked.send) { event.waitUntil(send()); }
  if (asked.drop) { event.waitUntil(dropped(asked.drop).then(tell)); }
  if (asked.count) { event.waitUntil(tell()); }
});
self.addEventListener("fetch", function (event) {
  var url = new URL(event.request.url), isPosted = event.request.method === "POST";
  if (url.origin !== self.location.origin) { return; }
  if (isPosted && url.pathname === "/sign-out") {
    event.respondWith(signedOut(event.request));
  } else if (isPosted && url.pathname.indexOf("/tickets/") === 0) {
    var copy = event.request.clone();
    event.respondWith(fetch(event.request).catch(function () { return later(copy); }));
  } else if (event.request.method === "GET") {
    event.respondWith(fetch(event.request).catch(function () {
      return caches.match(event.request, { ignoreVary: true }).then(function (found) { return found || Response.error(); });
    }));
  }
});
