// Sorts and filters tables, filters findings, and chooses light or dark. The
// page can be read whole without it, and it sends and loads nothing.
(function () {
  "use strict";
  var root = document.documentElement;

  function make(tag, attributes, text) {
    var e = document.createElement(tag);
    for (var name in attributes) e.setAttribute(name, attributes[name]);
    if (text) e.textContent = text;
    return e;
  }

  function grouped(n) { return String(n).replace(/\B(?=(\d{3})+$)/g, root.lang === "de" ? "." : ","); }

  // say puts a text into the language of the page, which brings the words; $1 and
  // $2 stand for numbers.
  var said = null;
  function say(text, one, two) {
    said = said || JSON.parse(document.body.getAttribute("data-words") || "{}");
    return (said[text] || text).replace("$1", grouped(one)).replace("$2", grouped(two));
  }

  // Theme: the browser's choice until the button is pressed. It is remembered
  // where the browser lets a page of a file remember anything.
  function remembered(value) {
    try {
      if (value === undefined) return localStorage.getItem("ctlaudit-theme");
      localStorage.setItem("ctlaudit-theme", value);
    } catch (e) { /* the choice lasts as long as the page */ }
    return null;
  }
  function dark() {
    var set = root.getAttribute("data-theme");
    return set ? set === "dark" : window.matchMedia("(prefers-color-scheme: dark)").matches;
  }
  var before = remembered();
  if (before === "dark" || before === "light") root.setAttribute("data-theme", before);

  function themeButton() {
    var button = make("button", { type: "button", "class": "button" });
    function name() { button.textContent = say(dark() ? "Light colours" : "Dark colours"); }
    button.addEventListener("click", function () {
      var next = dark() ? "light" : "dark";
      root.setAttribute("data-theme", next);
      remembered(next);
      name();
    });
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", name);
    name();
    document.querySelector(".top div").appendChild(button);
  }

  // wait calls f when typing pauses.
  function wait(f) {
    var timer = 0;
    return function () { clearTimeout(timer); timer = setTimeout(f, 120); };
  }

  function words(text) {
    return text.toLowerCase().split(/\s+/).filter(function (w) { return w; });
  }
  function hasAll(text, list) {
    return list.every(function (w) { return text.indexOf(w) !== -1; });
  }

  // Tables. Of a long table a part is laid out at a time, or sorting it takes
  // a browser many seconds.
  var step = 250;
  var collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

  function Table(table) {
    this.table = table;
    this.rows = Array.prototype.slice.call(table.tBodies[0].rows);
    this.words = [];
    this.limit = step;
    this.texts = null;
    this.more = make("p", { "class": "more" });
    this.told = make("span", { role: "status" });
    this.button = make("button", { type: "button", "class": "button" }, say("Show more"));
    var self = this;
    this.button.addEventListener("click", function () {
      self.limit *= 4;
      self.show();
    });
    this.more.appendChild(this.told);
    this.more.appendChild(this.button);
    var scroll = table.closest(".scroll");
    scroll.parentNode.insertBefore(this.more, scroll.nextSibling);
    this.sortable();
    if (this.rows.length > 5) this.filterable(scroll);
    this.show();
  }

  // show lays out the first rows that fit the filter.
  Table.prototype.show = function () {
    var fit = 0, self = this;
    if (this.words.length && !this.texts) {
      this.texts = new Map();
      this.rows.forEach(function (r) { self.texts.set(r, r.textContent.toLowerCase()); });
    }
    this.rows.forEach(function (r) {
      var fits = !self.words.length || hasAll(self.texts.get(r), self.words);
      if (fits) fit++;
      var hide = !fits || fit > self.limit;
      if (r.hidden !== hide) r.hidden = hide;
    });
    var n = Math.min(fit, this.limit);
    this.button.hidden = n === fit;
    this.told.textContent = n === this.rows.length ? "" :
      this.words.length && n === fit ? say("$1 of $2 rows", n, this.rows.length) :
      say(this.words.length ? "the first $1 of $2 rows that fit" : "the first $1 of $2 rows", n, fit);
    this.more.hidden = this.told.textContent === "";
  };

  Table.prototype.sort = function (th, column) {
    var down = th.getAttribute("aria-sort") === "ascending";
    var number = th.className === "n";
    var rows = this.rows.map(function (row, i) {
      var text = row.cells[column].textContent;
      var value = number ? parseFloat(text.replace(/[,.]/g, "")) : text;
      return { row: row, value: value, blank: text === "" || (number && isNaN(value)), place: i };
    });
    rows.sort(function (a, b) {
      if (a.blank || b.blank) return a.blank - b.blank || a.place - b.place;
      var order = number ? a.value - b.value : collator.compare(a.value, b.value);
      return (down ? -order : order) || a.place - b.place;
    });
    Array.prototype.forEach.call(this.table.tHead.rows[0].cells, function (other) { other.removeAttribute("aria-sort"); });
    th.setAttribute("aria-sort", down ? "descending" : "ascending");
    this.rows = rows.map(function (r) { return r.row; });
    var parts = document.createDocumentFragment();
    this.rows.forEach(function (r) { parts.appendChild(r); });
    this.show();
    this.table.tBodies[0].appendChild(parts);
  };

  // A heading sorts its column. It is no button element: browsers leave those
  // out where a heading is repeated on the next page of a print.
  Table.prototype.sortable = function () {
    var self = this;
    Array.prototype.forEach.call(this.table.tHead.rows[0].cells, function (th, column) {
      var button = make("span", { role: "button", tabindex: "0" }, th.textContent);
      th.textContent = "";
      th.appendChild(button);
      button.addEventListener("click", function () { self.sort(th, column); });
      button.addEventListener("keydown", function (event) {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        self.sort(th, column);
      });
    });
  };

  Table.prototype.filterable = function (scroll) {
    var self = this;
    var tools = make("div", { "class": "tools" });
    var field = make("label", {}, say("Filter rows") + " ");
    var input = make("input", { type: "search" });
    field.appendChild(input);
    tools.appendChild(field);
    input.addEventListener("input", wait(function () {
      self.words = words(input.value);
      self.limit = step;
      self.show();
    }));
    scroll.parentNode.insertBefore(tools, scroll);
  };

  // Findings
  function choice(tools, label, values) {
    var field = make("label", {}, label + " ");
    var select = make("select", {});
    select.appendChild(make("option", { value: "" }, say("all")));
    values.forEach(function (v) { select.appendChild(make("option", { value: v }, v)); });
    field.appendChild(select);
    if (values.length > 1) tools.appendChild(field);
    return select;
  }

  function findings() {
    var list = Array.prototype.slice.call(document.querySelectorAll(".finding"));
    var place = document.querySelector(".group");
    if (!place || list.length < 2) return;
    function values(name) {
      var seen = [];
      list.forEach(function (f) {
        var v = f.getAttribute(name);
        if (seen.indexOf(v) === -1) seen.push(v);
      });
      return seen;
    }
    var tools = make("div", { "class": "tools", role: "search", "aria-label": say("Findings") });
    var field = make("label", {}, say("Filter findings") + " ");
    var input = make("input", { type: "search" });
    field.appendChild(input);
    tools.appendChild(field);
    var outcome = choice(tools, say("Outcome"), values("data-outcome"));
    var severity = choice(tools, say("Severity"), values("data-severity"));
    var host = choice(tools, say("Host"), values("data-host").slice(0, 500));
    var all = make("button", { type: "button", "class": "button" }, say("Open all"));
    var shown = make("output", { role: "status" });
    tools.appendChild(all);
    tools.appendChild(shown);
    place.parentNode.insertBefore(tools, place);
    var texts = null;
    function apply() {
      texts = texts || list.map(function (f) { return f.textContent.toLowerCase(); });
      var w = words(input.value), n = 0;
      list.forEach(function (f, i) {
        var fits = hasAll(texts[i], w) &&
          (!outcome.value || f.getAttribute("data-outcome") === outcome.value) &&
          (!severity.value || f.getAttribute("data-severity") === severity.value) &&
          (!host.value || f.getAttribute("data-host") === host.value);
        if (fits) n++;
        f.hidden = !fits;
      });
      document.querySelectorAll(".group").forEach(function (g) { g.hidden = !g.querySelector(".finding:not([hidden])"); });
      shown.textContent = n === list.length ? "" : say("$1 of $2 findings", n, list.length);
    }
    input.addEventListener("input", wait(apply));
    [outcome, severity, host].forEach(function (s) { s.addEventListener("change", apply); });
    all.addEventListener("click", function () {
      var open = all.textContent === say("Open all");
      list.forEach(function (f) { f.firstElementChild.open = open; });
      all.textContent = say(open ? "Close all" : "Open all");
    });
  }

  // A link to what stands in a closed part opens it.
  function follow() {
    var id = location.hash.slice(1);
    var e = id && document.getElementById(id);
    if (!e) return;
    if (e.firstElementChild && e.firstElementChild.tagName === "DETAILS") e.firstElementChild.open = true;
    for (var p = e; p; p = p.parentElement) if (p.tagName === "DETAILS") p.open = true;
    var part = e.querySelector(":scope > details");
    if (part) part.open = true;
    e.scrollIntoView();
  }

  // Findings are printed open.
  var opened = [];
  window.addEventListener("beforeprint", function () {
    opened = Array.prototype.slice.call(document.querySelectorAll(".finding > details:not([open]), .host > details:not([open])"));
    opened.forEach(function (d) { d.open = true; });
  });
  window.addEventListener("afterprint", function () {
    opened.forEach(function (d) { d.open = false; });
  });

  document.addEventListener("DOMContentLoaded", function () {
    themeButton();
    document.querySelectorAll(".sheet table").forEach(function (table) { new Table(table); });
    findings();
    window.addEventListener("hashchange", follow);
    follow();
  });
})();
