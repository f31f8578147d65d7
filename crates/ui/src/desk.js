// Makes the desk's pages quicker. Every page works without it. Nothing read is stored or logged.
(() => {
  "use strict";

  const TYPING_PAUSE = 120;
  const POLL = 5000;
  const PRESENCE = 20000;
  const ACTIVITY = 60000;
  const TOAST = 20000;

  const root = document.documentElement;
  const here = document.body.dataset;
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const byId = (id) => document.getElementById(id);
  const on = (target, kind, act, options) => target.addEventListener(kind, act, options);
  const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
  const numbers = new Intl.NumberFormat(root.lang);
  const fill = (template, values) =>
    template.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? numbers.format(values[name]) : whole));
  const isField = (node) =>
    node.closest?.("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=button])");

  root.dataset.js = "";

  // Lock: content leaves the page before anything else happens.

  let gone = false;

  function wipe() {
    if (gone) return;
    gone = true;
    document.body.replaceChildren();
    document.title = "";
    drafts.clear();
    const to = location.pathname + location.search;
    location.replace(`${here.lock}?${new URLSearchParams({ to })}`);
  }

  const isLock = (url) => new URL(url).pathname === new URL(here.lock, location.href).pathname;

  // Fetching: an answer to `X-Part` is a fragment; each element in it with an id takes the place of
  // the one with that id.

  async function ask(url, part, options = {}) {
    const headers = { "X-Part": part };
    const answer = await fetch(url, { credentials: "same-origin", cache: "no-store", ...options, headers });
    if (answer.status === 401 || (answer.redirected && isLock(answer.url))) {
      wipe();
      throw new Error("locked");
    }
    const kind = answer.headers.get("content-type") ?? "";
    if (!answer.ok || !kind.startsWith("text/html")) throw new Error("no fragment");
    return { html: await answer.text(), url: answer.url };
  }

  const post = (url, fields) =>
    fetch(url, { method: "POST", headers: { "X-Part": "none" }, body: new URLSearchParams(fields) }).catch(() => {});

  const parse = (html) => new DOMParser().parseFromString(html, "text/html").body;

  /** Puts each part of `html` in its place; says whether there was one. */
  function swap(html, wanted) {
    const parts = all("[id]", parse(html)).filter((part) => wanted.includes(part.id) && byId(part.id));
    const focus = document.activeElement?.id;
    for (const part of parts) replace(byId(part.id), document.adoptNode(part));
    if (focus && document.activeElement === document.body) byId(focus)?.focus({ preventScroll: true });
    setSpeed(speed);
    return parts.length > 0;
  }

  function replace(old, part) {
    const top = old.scrollTop;
    if (old.id === "list") keepTicks(old, part);
    const same = old.dataset.place === part.dataset.place;
    old.replaceWith(part);
    if (same) part.scrollTop = top;
  }

  /** Rows that were ticked and are there still stay ticked, unless something was done with them. */
  function keepTicks(old, part) {
    if (doing) return;
    for (const tick of all("[name=id]:checked", old)) {
      const same = one(`[name=id][value="${tick.value}"]`, part);
      if (same) same.checked = true;
    }
  }

  const WITH_LIST = ["views", "list"];
  const WITH_CONVERSATION = ["conversation", "details", "views"];

  // Toast: what was done, and undo.

  function liftToast() {
    const toast = byId("toast");
    const live = byId("live");
    if (!toast || !live) return;
    live.replaceChildren();
    // A live region speaks of what is put into it after it is there.
    setTimeout(() => live.replaceChildren(toast), 100);
    setTimeout(() => hideToast(toast), TOAST);
  }

  function hideToast(toast) {
    if (toast.matches(":hover, :focus-within")) setTimeout(() => hideToast(toast), 2000);
    else toast.remove();
  }

  function takeToast(html) {
    const toast = one("#toast", parse(html));
    byId("toast")?.remove();
    if (!toast) return;
    document.body.append(document.adoptNode(toast));
    liftToast();
  }

  function say(words) {
    const said = byId("said");
    if (said && said.textContent !== words) said.textContent = words;
  }

  // List: holds still under the pointer.

  let listStale = false;
  let typing;
  let asked;

  function listUrl() {
    const form = byId("search");
    const url = new URL(form.action);
    url.search = new URLSearchParams(new FormData(form)).toString();
    return url;
  }

  async function search() {
    asked?.abort();
    const mine = (asked = new AbortController());
    try {
      const url = listUrl();
      const { html } = await ask(url, "list", { signal: mine.signal });
      // A slower answer to an earlier question never replaces a later one.
      if (mine !== asked || !swap(html, WITH_LIST)) return;
      byId("list").scrollTop = 0;
      say(one(".list-title").textContent);
      history.replaceState(history.state, "", url);
      showPane("list");
    } catch {
      // The form itself still works: Enter asks in the plain way.
    }
  }

  async function refreshList() {
    if (!byId("list")) return;
    listStale = byId("list").matches(":hover, :focus-within");
    if (listStale) return;
    try {
      const { html } = await ask(byId("list").dataset.url ?? location.href, "list");
      swap(html, WITH_LIST);
      markRows();
    } catch {
      // The list stays as it was.
    }
  }

  function watchSearch() {
    const field = byId("q");
    if (!field || !byId("list")) return;
    on(field, "input", (event) => {
      clearTimeout(typing);
      if (!event.isComposing) typing = setTimeout(search, TYPING_PAUSE);
    });
    on(document, "pointerout", (event) => {
      if (listStale && event.target.closest?.("#list") && !byId("list").contains(event.relatedTarget)) refreshList();
    });
  }

  // Place: only how far the list was scrolled, under the view's opaque name.

  const placeKey = () => `place:${byId("list").dataset.place}`;
  const scroller = () => {
    const list = byId("list");
    return getComputedStyle(list).overflowY === "auto" ? list : document.scrollingElement;
  };

  function keepPlace() {
    if (byId("list")?.offsetParent) sessionStorage.setItem(placeKey(), String(Math.round(scroller().scrollTop)));
  }

  function returnToPlace() {
    if (byId("list")?.offsetParent) scroller().scrollTop = Number(sessionStorage.getItem(placeKey()) ?? 0);
  }

  // Conversation: opened without a reload.

  const drafts = new Map();
  const boxes = () => all("#conversation [data-compose] textarea");
  const draftKey = (box) => `${box.form.dataset.compose}:${box.id}`;

  function keepDrafts() {
    for (const box of boxes()) drafts.set(draftKey(box), box.value === box.defaultValue ? "" : box.value);
  }

  function restoreDrafts() {
    for (const box of boxes()) box.value = drafts.get(draftKey(box)) || box.value;
  }

  const unsent = () => {
    keepDrafts();
    return [...drafts.values()].some((text) => text.trim());
  };

  function showPane(name) {
    const panes = byId("main");
    if (panes?.dataset.pane) panes.dataset.pane = name;
  }

  async function openConversation(url, remember) {
    keepPlace();
    keepDrafts();
    try {
      const { html } = await ask(url, "conversation");
      if (!swap(html, WITH_CONVERSATION)) throw new Error("no conversation");
    } catch {
      if (!gone) location.assign(url);
      return;
    }
    if (remember) history.pushState({ desk: true }, "", url);
    restoreDrafts();
    markRows();
    showPane("conversation");
    byId("conversation-title")?.focus({ preventScroll: true });
    if (scrollY) scrollTo(0, 0);
  }

  const samePlace = (link) => new URL(link.href).href === location.href;

  /** Says which row is open, and which come before and after it. */
  function markRows() {
    const links = all("#list a[data-open]");
    const open = links.findIndex(samePlace);
    if (open < 0) return;
    for (const [at, link] of links.entries()) markRow(link, at - open);
  }

  function markRow(link, distance) {
    const row = link.closest(".row");
    if (distance === 0) row?.setAttribute("aria-current", "true");
    else row?.removeAttribute("aria-current");
    const tick = row && one("[name=id]", row);
    if (tick) setAction(tick, distance === 0 ? "select" : "");
    setAction(link, { 1: "next", [-1]: "previous" }[distance] ?? "");
  }

  function setAction(node, name) {
    if (name) node.dataset.action = name;
    else delete node.dataset.action;
  }

  const isPlainClick = (event) =>
    event.button === 0 && !event.defaultPrevented && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

  function watchLinks() {
    on(document, "click", (event) => {
      const link = event.target.closest?.("a[data-open]");
      if (!link || !isPlainClick(event) || !byId("conversation")) return;
      event.preventDefault();
      openConversation(link.href, true);
    });
    history.replaceState({ desk: true }, "");
    on(window, "popstate", (event) => {
      if (event.state?.desk) location.reload();
    });
  }

  // Forms sent in place. A form carries a number used once, so that sending it twice does no harm.

  async function sendInPlace(form, button) {
    const fields = new FormData(form, button);
    const action = button?.hasAttribute("formaction") ? button.formAction : form.action;
    form.setAttribute("aria-busy", "true");
    try {
      const { html } = await ask(action, form.dataset.inline, { method: "POST", body: new URLSearchParams(fields) });
      placeAnswer(form, html);
    } catch (error) {
      // Nobody answers: the words stay where they are.
      if (error instanceof TypeError) showGone();
      else if (!gone) sendPlainly(form, button);
    } finally {
      form.removeAttribute("aria-busy");
    }
  }

  let doing = false;

  function placeAnswer(form, html) {
    const part = form.dataset.inline;
    keepDrafts();
    // What was not done keeps its words.
    const failed = one("#toast[data-failed]", parse(html));
    if (form.dataset.compose && !failed) for (const box of all("textarea", form)) drafts.delete(draftKey(box));
    const wanted = { list: WITH_LIST, redact: ["preview", "chosen"] }[part] ?? WITH_CONVERSATION;
    doing = part === "list";
    const there = swap(html, wanted);
    doing = false;
    if (!there) throw new Error("no part");
    restoreDrafts();
    takeToast(html);
    markRows();
    if (part === "conversation") refreshList();
  }

  function sendPlainly(form, button) {
    form.dataset.plain = "";
    form.requestSubmit(button?.form === form ? button : undefined);
  }

  function watchForms() {
    on(document, "submit", (event) => {
      const form = event.target;
      // Locking waits for nobody else: what was not kept goes with the rest.
      if (form.matches(".lock-now")) {
        leaving = true;
        if (!keepTyped || event.defaultPrevented) return;
        // What is typed of an item is kept first, if that takes no time.
        event.preventDefault();
        const late = new Promise((done) => setTimeout(done, 1000));
        Promise.race([keepTyped(), late]).then(() => form.submit());
        return;
      }
      const fits = form.dataset.inline && form.enctype !== "multipart/form-data" && form.method === "post";
      if (event.defaultPrevented || !fits || "plain" in form.dataset) {
        if (form.dataset.compose) leaving = true;
        return;
      }
      event.preventDefault();
      sendInPlace(form, event.submitter);
    });
  }

  // Unsent words are not lost by accident.

  let leaving = false;

  function watchLeaving() {
    on(window, "beforeunload", (event) => {
      if (!gone && !leaving && unsent()) event.preventDefault();
    });
    on(window, "pagehide", keepPlace);
    on(window, "pageshow", (event) => {
      if (event.persisted) location.reload();
    });
  }

  // Keys: one table, matched by the key's place on the keyboard.

  function perform(action) {
    const reached = (node) => node.matches("audio, .menu a") || node.checkVisibility();
    const target = all(`[data-action="${action}"]`).find(reached);
    if (!target) return false;
    if (target.matches("audio")) playOrPause(target);
    else if (target.dataset.focus) pickAndFocus(target);
    else if (target.matches("select, [tabindex], input:not([type=checkbox])")) target.focus();
    else target.click();
    return true;
  }

  function pickAndFocus(radio) {
    radio.checked = true;
    byId(radio.dataset.focus)?.focus();
  }

  function watchKeys() {
    const table = byId("keys");
    if (!table || here.keys === "off") return;
    const keys = JSON.parse(table.textContent);
    on(document, "keydown", (event) => {
      if (event.defaultPrevented || event.repeat || event.isComposing) return;
      if (event.ctrlKey || event.metaKey || event.altKey || isField(event.target)) return;
      const key = keys.find((key) => key.code === event.code && Boolean(key.shift) === event.shiftKey);
      if (key && perform(key.action)) event.preventDefault();
    });
  }

  function watchTicks() {
    on(document, "change", (event) => {
      if (event.target.dataset?.action !== "all") return;
      for (const tick of all("#list [name=id]")) tick.checked = event.target.checked;
    });
  }

  // Menus close by Escape or a press elsewhere.

  function watchMenus() {
    const close = (but) => all("details.menu[open]").filter((menu) => !menu.contains(but)).forEach((menu) => (menu.open = false));
    on(document, "pointerdown", (event) => close(event.target));
    on(document, "keydown", (event) => {
      const menu = event.key === "Escape" && event.target.closest?.("details.menu[open]");
      if (!menu) return;
      menu.open = false;
      one("summary", menu).focus();
    });
  }

  // Canned replies: a list under the box, which keeps the focus.

  const SLASH = /(?:^|\s)\/([^\s/]*)$/u;
  const slashed = (box) => SLASH.exec(box.value.slice(0, box.selectionStart));
  const optionsOf = (list) => all("[role=option]", list);
  const shownOf = (list) => optionsOf(list).filter((option) => !option.hidden);

  function filterCanned(box, list) {
    const match = box.selectionStart === box.selectionEnd && slashed(box);
    if (!match) return closeCanned(box, list);
    const word = match[1].toLocaleLowerCase(root.lang);
    for (const option of optionsOf(list)) option.hidden = !option.textContent.toLocaleLowerCase(root.lang).includes(word);
    const shown = shownOf(list);
    list.hidden = shown.length === 0;
    say(shown.length ? fill(list.dataset.some, { n: shown.length }) : list.dataset.none);
    choose(box, list, shown[0]);
  }

  function choose(box, list, option) {
    for (const other of optionsOf(list)) other.setAttribute("aria-selected", String(other === option));
    if (option) box.setAttribute("aria-activedescendant", option.id);
    else box.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  }

  function closeCanned(box, list) {
    list.hidden = true;
    choose(box, list);
  }

  function insertCanned(box, list, option) {
    const match = slashed(box);
    const end = box.selectionStart;
    const start = match ? end - match[1].length - 1 : end;
    box.setRangeText(option.dataset.text, start, end, "end");
    closeCanned(box, list);
    box.focus();
  }

  function moveInCanned(box, list, step) {
    const shown = shownOf(list);
    const at = shown.findIndex((option) => option.getAttribute("aria-selected") === "true");
    choose(box, list, shown[clamp(at + step, 0, shown.length - 1)]);
  }

  function cannedKey(event, box, list) {
    if (list.hidden || event.isComposing) return;
    const chosen = one("[aria-selected=true]", list);
    const acts = {
      ArrowDown: () => moveInCanned(box, list, 1),
      ArrowUp: () => moveInCanned(box, list, -1),
      Enter: () => chosen && insertCanned(box, list, chosen),
      Escape: () => closeCanned(box, list),
    };
    if (!acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  }

  function watchCanned() {
    const withList = (act) => (event) => {
      const box = event.target;
      const list = box.dataset?.canned && byId(box.dataset.canned);
      if (list) act(event, box, list);
    };
    on(document, "focusin", withList((_, box, list) => {
      box.setAttribute("aria-autocomplete", "list");
      box.setAttribute("aria-controls", list.id);
    }));
    on(document, "input", withList((_, box, list) => filterCanned(box, list)));
    on(document, "keydown", withList(cannedKey));
    on(document, "focusout", withList((_, box, list) => closeCanned(box, list)));
    on(document, "pointerdown", (event) => {
      const option = event.target.closest?.(".canned [role=option]");
      if (!option) return;
      event.preventDefault();
      const list = option.closest("[role=listbox]");
      insertCanned(one(`[data-canned="${list.id}"]`), list, option);
    });
  }

  // Sound and film: one speed for all, one voice note after the other.

  let speed = "1";
  const voices = () => all("#conversation audio");
  const players = () => all("#conversation :is(audio, video)");

  function playOrPause(first) {
    const playing = voices().find((voice) => !voice.paused);
    if (playing) playing.pause();
    else (voices().find((voice) => voice.currentTime > 0 && !voice.ended) ?? first).play().catch(() => {});
  }

  function setSpeed(value) {
    speed = value;
    for (const player of players()) player.playbackRate = Number(value);
    for (const radio of all(".speed input")) radio.checked = radio.value === value;
  }

  function watchSound() {
    on(document, "change", (event) => {
      if (event.target.closest?.(".speed")) setSpeed(event.target.value);
    });
    on(document, "play", (event) => {
      event.target.playbackRate = Number(speed);
      for (const player of players()) if (player !== event.target) player.pause();
    }, true);
    on(document, "ended", (event) => {
      const list = voices();
      const next = list[list.indexOf(event.target) + 1];
      if (event.target.matches("audio") && next) next.play().catch(() => {});
    }, true);
  }

  /** What could not be shown or played says so in its place. */
  function watchFailures() {
    on(document, "error", (event) => {
      const failed = event.target;
      if (!failed.dataset?.failed || failed.nextElementSibling?.matches(".lost")) return;
      const words = document.createElement("p");
      words.className = "lost";
      words.textContent = failed.dataset.failed;
      failed.after(words);
      if (failed.matches("img")) failed.hidden = true;
    }, true);
  }

  // Preview: the words as they will stand, a paragraph a line.

  function watchPreview() {
    on(document, "input", (event) => {
      const preview = one(`[data-preview="${event.target.id}"]`);
      if (!preview) return;
      const words = document.createElement("div");
      words.className = "words";
      words.append(...event.target.value.split("\n").map((line) => {
        const paragraph = document.createElement("p");
        paragraph.dir = "auto";
        paragraph.textContent = line;
        return paragraph;
      }));
      preview.replaceChildren(words);
    });
  }

  // Redaction: spans are counted in code points from the start of the text's element.

  const lengthOf = (text) => [...text].length;

  function spanOf(range, text) {
    const before = document.createRange();
    before.selectNodeContents(text);
    before.setEnd(range.startContainer, range.startOffset);
    const start = lengthOf(before.toString());
    return { start, end: start + lengthOf(range.toString()) };
  }

  /** The selection, held within the text, without blanks at its ends. */
  function selected(text) {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return undefined;
    const range = selection.getRangeAt(0);
    if (!text.contains(range.startContainer) || !text.contains(range.endContainer)) return undefined;
    const words = range.toString();
    const { start } = spanOf(range, text);
    const from = start + lengthOf(words) - lengthOf(words.trimStart());
    return words.trim() ? { start: from, end: from + lengthOf(words.trim()) } : undefined;
  }

  function rangeOf(span, text) {
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    let at = 0;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const size = lengthOf(node.data);
      if (span.start >= at && span.start < at + size) range.setStart(node, unitsOf(node.data, span.start - at));
      if (span.end > at && span.end <= at + size) range.setEnd(node, unitsOf(node.data, span.end - at));
      at += size;
    }
    return range;
  }

  const unitsOf = (text, points) => [...text].slice(0, points).join("").length;

  function watchRedaction() {
    const form = one("[data-redact]");
    if (!form) return;
    const text = byId("redact-text");
    const points = [...text.textContent];
    const own = [];
    const ticks = () => all("[name=span]:checked", text);
    const toSpan = (tick) => {
      const [start, end] = tick.value.split("-").map(Number);
      return { start, end, tick };
    };
    const drop = (span) => {
      if (span.tick) span.tick.checked = false;
      else own.splice(own.indexOf(span), 1);
      show();
    };
    const line = (span) => {
      const item = document.createElement("li");
      const words = document.createElement("bdi");
      words.textContent = points.slice(span.start, span.end).join("");
      item.append(words, dropButton(words.textContent, () => drop(span)));
      if (!span.tick) item.append(hiddenField("span", `${span.start}-${span.end}`));
      return item;
    };
    const show = () => {
      const spans = [...ticks().map(toSpan), ...own].sort((a, b) => a.start - b.start);
      byId("chosen").replaceChildren(...spans.map(line));
      if (globalThis.Highlight) CSS.highlights.set("chosen", new Highlight(...own.map((span) => rangeOf(span, text))));
    };
    on(text, "change", show);
    // Selecting within one word ends in a click: it selects and does not tick.
    on(text, "click", (event) => {
      if (!getSelection().isCollapsed) event.preventDefault();
    });
    on(one("[data-hide]", form), "click", () => {
      const span = selected(text);
      if (!span) return;
      own.push(span);
      getSelection().removeAllRanges();
      show();
    });
    show();
  }

  function dropButton(words, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = byId("chosen").dataset.drop;
    button.setAttribute("aria-label", `${button.textContent}: ${words}`);
    on(button, "click", act);
    return button;
  }

  function hiddenField(name, value) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    return field;
  }

  // Presence and activity: the server is told that somebody is here, never what is written.

  let lastAct = Date.now();
  let told = Date.now();
  let lastPresence = 0;

  function watchActivity() {
    const act = () => {
      lastAct = Date.now();
    };
    for (const kind of ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"]) on(document, kind, act, { passive: true });
    setInterval(() => {
      if (lastAct <= told) return;
      told = Date.now();
      post(here.activity, {});
    }, ACTIVITY);
  }

  function watchPresence() {
    on(document, "input", (event) => {
      const form = event.target.closest?.("[data-compose]");
      if (!form || Date.now() - lastPresence < PRESENCE) return;
      lastPresence = Date.now();
      post(here.presence, { conversation: form.dataset.compose });
    });
    setInterval(() => {
      const form = document.activeElement?.closest("[data-compose]");
      if (!form || Date.now() - lastAct > ACTIVITY || Date.now() - lastPresence < PRESENCE) return;
      lastPresence = Date.now();
      post(here.presence, { conversation: form.dataset.compose });
    }, 1000);
  }

  // State: what the sync is doing, and whether the desk is still open.

  function showState(state) {
    const sync = byId("sync");
    if (sync) {
      const words = state.text ?? fill(sync.dataset[state.state] ?? "", state);
      const changed = sync.dataset.state !== state.state;
      sync.dataset.state = state.state;
      if ((changed || state.text || state.state === "working") && sync.textContent !== words) sync.textContent = words;
      if (changed && state.state !== "working") say(words);
    }
    showAlarm(state.alarm);
    showOthers(state.others);
    showFetched(state.fetched);
    showNew(state.new);
  }

  /** An alarm stays on the page; a page loaded anew says whether it still stands. */
  function showAlarm(words) {
    const strip = byId("alarm");
    if (!strip || !words) return;
    const said = one("strong", strip);
    if (said.textContent !== words) said.textContent = words;
    strip.removeAttribute("hidden");
  }

  function showOthers(words) {
    const line = byId("presence");
    if (!line || words === undefined || words === null || line.textContent === words) return;
    line.textContent = words;
    line.hidden = words === "";
  }

  /** What was fetched since the page was made takes the place of what said that it is on its way. */
  async function showFetched(count) {
    const pane = byId("conversation");
    if (!pane || !(count > Number(pane.dataset.fetched)) || !one(".lost[data-fetch]", pane)) return;
    pane.dataset.fetched = count;
    keepDrafts();
    try {
      const { html } = await ask(location.href, "conversation");
      swap(html, ["conversation"]);
      restoreDrafts();
    } catch {
      // The next answer tries again.
    }
  }

  function showNew(count) {
    const link = byId("new");
    if (!link || !(count >= 0)) return;
    const words = fill(link.dataset.text, { n: count });
    if (link.textContent !== words) link.textContent = words;
    link.hidden = count === 0;
  }

  function showProgress(state) {
    const bar = byId(here.progress ?? "");
    if (!bar) return;
    if (state.state === "idle" && !state.locked) location.replace(here.done);
    bar.max = state.of;
    bar.value = state.done;
    const label = one(`label[for="${bar.id}"]`);
    if (label?.dataset.text) label.textContent = fill(label.dataset.text, state);
  }

  async function poll() {
    try {
      const open = byId("conversation")?.dataset.conversation;
      const answer = await fetch(here.status + (open ? `&c=${open}` : ""), { cache: "no-store" });
      if (answer.status === 401 || (answer.redirected && isLock(answer.url))) return wipe();
      const state = await answer.json();
      if (here.progress) return showProgress(state);
      if (state.locked) return wipe();
      showState(state);
    } catch {
      showGone();
    }
  }

  /** The program does not answer: what it would have locked by now is locked here. */
  function showGone() {
    const idle = Number(here.idle ?? 900) * 1000;
    if (here.lock && Date.now() - lastAct > idle) return wipe();
    const sync = byId("sync");
    if (sync) showState({ state: "offline", text: sync.dataset.gone });
  }

  async function watchState() {
    if (!here.status) return;
    for (;;) {
      await new Promise((done) => setTimeout(done, POLL));
      if (gone) return;
      await poll();
    }
  }

  /** Keeps what is typed of an item, where that changed. */
  let keepTyped = null;

  /** An item's preview follows what is typed; it stays where it was scrolled to. */
  function watchItem() {
    const form = one("form[data-preview]");
    const frame = byId("preview");
    if (!form || !frame) return;
    let waiting = 0;
    let top = 0;
    on(frame, "load", () => frame.contentWindow.scrollTo(0, top));
    const show = async (typed) => {
      const fields = new URLSearchParams(new FormData(form));
      if (typed) fields.set("typed", "yes");
      const answer = await fetch(form.dataset.preview, { method: "POST", body: fields }).catch(() => null);
      if (!answer?.ok) return;
      top = frame.contentWindow?.scrollY ?? 0;
      frame.contentWindow.location.replace(form.dataset.previewAgain);
    };
    on(form, "input", () => {
      keepTyped = () => show(true);
      clearTimeout(waiting);
      waiting = setTimeout(() => show(true), 400);
    });
    show();
  }

  function start() {
    watchState();
    if (!here.lock) return;
    for (const watch of [
      watchSearch, watchLinks, watchForms, watchLeaving, watchKeys, watchTicks, watchMenus,
      watchCanned, watchItem, watchSound, watchFailures, watchPreview, watchRedaction, watchActivity, watchPresence,
    ]) watch();
    liftToast();
    markRows();
    returnToPlace();
  }

  start();
})();
