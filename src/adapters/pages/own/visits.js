// The technician's page: keeps the pages that it links for a visit without a network, and sends what waits.
(function () {
  "use strict";
  var notice = document.getElementById("network"), refusals = document.getElementById("refused");
  var SOONEST = 1000, LATEST = 60000, pause = SOONEST, again;

  function say(asked) {
    navigator.serviceWorker.ready.then(function (registration) { registration.active.postMessage(asked); });
  }

  // A device says "online" before its network carries anything: what still waits is sent again, ever less often.
  function tell(waiting) {
    var said = navigator.onLine ? "" : notice.dataset.without;
    if (waiting) { said += " " + notice.dataset.waiting + " " + waiting; }
    notice.hidden = !said;
    notice.querySelector("p").textContent = said.trim();
    clearTimeout(again);
    if (waiting && navigator.onLine) {
      again = setTimeout(say, pause, { send: true });
      pause = Math.min(2 * pause, LATEST);
    }
  }

  function line(each) {
    var item = document.createElement("li"), link = document.createElement("a"), drop = document.createElement("button");
    link.href = each.url;
    link.textContent = new URL(each.url).pathname;
    drop.type = "button";
    drop.className = "btn btn-plain";
    drop.textContent = refusals.dataset.drop;
    drop.addEventListener("click", function () { say({ drop: each.id }); });
    item.append(link, " ", each.said, " ", drop);
    return item;
  }

  function show(refused) {
    refusals.hidden = !refused.length;
    refusals.querySelector("ul").replaceChildren.apply(refusals.querySelector("ul"), refused.map(line));
  }

  if (!("serviceWorker" in navigator)) { return; }
  navigator.serviceWorker.addEventListener("message", function (event) {
    tell(event.data.waiting);
    show(event.data.refused);
  });
  navigator.serviceWorker.register("/my-work/worker.js", { scope: "/" }).then(function () {
    var pages = Array.from(document.querySelectorAll("a[data-offline]")).map(function (link) { return link.href; });
    say({ who: notice.dataset.who, keep: [window.location.href].concat(pages) });
    window.addEventListener("online", function () { pause = SOONEST; say({ send: true }); });
    window.addEventListener("offline", function () { say({ count: true }); });
  });
})();
