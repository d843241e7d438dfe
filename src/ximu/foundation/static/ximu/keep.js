/* Forms on a bad connection. What is typed, and the files that are chosen, stay on this device until the server has them; they are sent by
   themselves when the connection is back. Without scripts a form is sent again by hand. Signing out clears what is kept.

   <form data-keep="name">               one form that says how things stand (a checklist): sent again, it changes nothing
   <form data-keep="name" data-queue>    each sending is a thing of its own (a finding): the form is free for the next one at once, and its
                                         field `token` tells the server which sending it is, so that none is taken twice */
"use strict";
(() => {
  const english = document.documentElement.lang.startsWith("en");
  const say = (zh, en) => (english ? en : zh);
  const OFFLINE = say("没有网络：内容已保存在本机，恢复后自动发送。", "No connection: kept on this device, sent by itself when it is back.");
  const RESTORED = say("已恢复本机上尚未送达的内容，请保存。", "Restored what has not reached the server yet: please save.");
  const SIGN_IN = say("登录已失效：内容仍保存在本机，重新登录后自动发送。", "Signed out: kept on this device, sent after you sign in again.");

  const opened = new Promise((done, failed) => {
    const asked = indexedDB.open("ximu-keep", 1);
    asked.onupgradeneeded = () => { asked.result.createObjectStore("drafts"); asked.result.createObjectStore("queue", { autoIncrement: true }); };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  const store = async (name, mode, act) => {
    const whole = (await opened).transaction(name, mode);
    const asked = act(whole.objectStore(name));
    return new Promise((done, failed) => { whole.oncomplete = () => done(asked.result); whole.onabort = whole.onerror = () => failed(whole.error); });
  };
  const queued = async (place) => {
    const keys = await store("queue", "readonly", (s) => s.getAllKeys());
    const all = await store("queue", "readonly", (s) => s.getAll());
    return keys.map((key, n) => ({ key, ...all[n] })).filter((one) => one.place === place);
  };

  const plain = (value) => typeof value === "string";
  const fieldsOf = (form) => [...new FormData(form)].filter(([name, value]) => name !== "csrfmiddlewaretoken" && (plain(value) || value.name));
  const fill = (form, fields) => fields.forEach(([name, value]) => form.querySelectorAll(`[name="${CSS.escape(name)}"]`).forEach((field) => {
    if (!plain(value)) { const held = new DataTransfer(); held.items.add(value); field.files = held.files; return; }
    if (field.type === "file") return;
    if (field.type === "radio") field.checked = field.value === value; else field.value = value;
  }));
  const post = (form, fields) => {
    const body = new FormData();
    body.append("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
    fields.forEach(([name, value]) => body.append(name, value));
    return fetch(form.action, { method: "POST", body, credentials: "same-origin" }).catch(() => null);
  };
  const signedOut = (answer) => new URL(answer.url).pathname.includes("/login");
  const renew = (form) => {
    const token = form.querySelector("[name=token]");
    if (token) token.value = [...crypto.getRandomValues(new Uint8Array(8))].map((n) => n.toString(16).padStart(2, "0")).join("");
  };

  /* A form's words are kept in localStorage, which holds them at once; its files in the database of the browser. */
  const drafts = (form, place) => ({
    keep: () => localStorage.setItem(place, JSON.stringify(fieldsOf(form).filter(([, value]) => plain(value)))),
    keepFiles: () => store("drafts", "readwrite", (s) => s.put(fieldsOf(form).filter(([, value]) => !plain(value)), place)),
    old: async () => {
      const words = JSON.parse(localStorage.getItem(place) || "null");
      const files = await store("drafts", "readonly", (s) => s.get(place));
      return words || files?.length ? [...(words || []), ...(files || [])] : null;
    },
    drop: () => { localStorage.removeItem(place); return store("drafts", "readwrite", (s) => s.delete(place)); },
  });

  const forms = [...document.querySelectorAll("form[data-keep]")].map((form) => {
    const place = `keep:${form.dataset.keep}`;
    const note = document.createElement("p");
    note.setAttribute("role", "status");
    form.append(note);
    const draft = drafts(form, place);
    let waiting = false;

    const once = async () => {
      if (!waiting) return null;
      const answer = await post(form, fieldsOf(form));
      if (!answer) { note.textContent = OFFLINE; return null; }
      waiting = false;
      if (signedOut(answer)) { note.textContent = SIGN_IN; return null; }
      if (!answer.ok) { form.submit(); return null; }
      await draft.drop();
      return answer.url;
    };

    const queue = async () => {
      let arrived = null;
      for (const one of await queued(place)) {
        const answer = await post(form, one.fields);
        if (!answer || signedOut(answer)) {
          const left = (await queued(place)).length;
          note.textContent = (answer ? SIGN_IN : OFFLINE) + say(`（${left}项待发）`, ` (${left} waiting)`);
          return null;
        }
        if (!answer.ok) {
          fill(form, one.fields);
          draft.keep();
          await draft.keepFiles();
          await store("queue", "readwrite", (s) => s.delete(one.key));
          form.submit();
          return null;
        }
        await store("queue", "readwrite", (s) => s.delete(one.key));
        arrived = answer.url;
      }
      return arrived;
    };

    const enqueue = async () => {
      await store("queue", "readwrite", (s) => s.add({ place, fields: fieldsOf(form) }));
      form.reset();
      renew(form);
      await draft.drop();
    };

    const listen = () => {
      form.addEventListener("input", draft.keep);
      form.addEventListener("change", draft.keepFiles);
      form.addEventListener("submit", async (event) => {
        event.preventDefault();
        draft.keep();
        if (form.hasAttribute("data-queue")) await enqueue(); else waiting = true;
        await sendAll();
      });
    };
    const restore = async () => {
      const old = await draft.old();
      if (old) { fill(form, old); note.textContent = RESTORED; }
    };
    return { send: form.hasAttribute("data-queue") ? queue : once, restore, listen, busy: () => localStorage.getItem(place) !== null };
  });

  /* One after the other; the page is read again when all has arrived, unless somebody is typing the next thing. */
  let sending = Promise.resolve();
  const sendAll = () => {
    sending = sending.then(async () => {
      const arrived = [];
      for (const form of forms) { const at = await form.send(); if (at) arrived.push(at); }
      if (arrived.length && !forms.some((form) => form.busy())) location.assign(arrived[0]);
    });
    return sending;
  };
  forms.forEach((form) => form.listen());
  if (forms.length) {
    window.addEventListener("online", sendAll);
    Promise.all(forms.map((form) => form.restore())).then(sendAll);
  }
})();
