/* Checks a proof bundle (ximu-bundle/1) in the browser; nothing leaves the machine.
   Written from docs/log.md and RFC 6962/9162, C2SP signed-note, tlog-checkpoint, tlog-cosignature; shares no code with the server. */
"use strict";
(() => {
  const english = document.documentElement.lang.startsWith("en");
  const say = (zh, en) => (english ? en : zh);
  const utf8 = new TextEncoder();
  const MOST = 16 << 20;
  const NEEDED = ["checkpoint", "digest", "entry", "format", "index", "keys", "labels", "proof"];

  class Wrong extends Error {}
  const must = (good, zh, en) => { if (!good) throw new Wrong(say(zh, en)); };
  const join = (...parts) => {
    const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
    parts.reduce((at, p) => { out.set(p, at); return at + p.length; }, 0);
    return out;
  };
  const same = (a, b) => a.length === b.length && a.every((x, i) => x === b[i]);
  const hex = (bytes) => [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
  const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  /** Base64 with padding and no stray bits, or null. */
  const base64 = (text) => {
    try {
      const raw = atob(text);
      return btoa(raw) === text ? Uint8Array.from(raw, (c) => c.charCodeAt(0)) : null;
    } catch { return null; }
  };
  /** RFC 8785: members by UTF-16 code units, numbers and strings as JSON.stringify writes them. */
  const canonical = (value) => {
    if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
    if (value && typeof value === "object") return `{${Object.keys(value).sort().map((k) => `${canonical(k)}:${canonical(value[k])}`).join(",")}}`;
    must(typeof value !== "string" || !/\p{Surrogate}/u.test(value), "含有不成对的代理字符", "a lone surrogate is no character");
    return JSON.stringify(value);
  };
  const plain = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

  const parsed = (bytes) => {
    must(bytes.length <= MOST, "文件过大", "the file is too large");
    let value;
    try { value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)); } catch { value = undefined; }
    must(value !== undefined && same(utf8.encode(canonical(value)), bytes), "文件不是规范的证明包：内容被改动、截断或重新排版", "not a canonical bundle: changed, cut off or reformatted");
    const names = plain(value) ? Object.keys(value).filter((n) => n !== "disclosed").sort() : [];
    must(canonical(names) === canonical(NEEDED) && value.format === "ximu-bundle/1", "不是 ximu-bundle/1 格式的证明包", "not a bundle of the format ximu-bundle/1");
    must(typeof value.checkpoint === "string" && Array.isArray(value.keys) && Number.isSafeInteger(value.index) && value.index >= 0 && plain(value.entry) && Array.isArray(value.proof) && plain(value.labels), "证明包的成员类型不符合格式", "the members are not of the right types");
    const words = (w) => plain(w) && canonical(Object.keys(w).sort()) === '["en","zh"]' && typeof w.en === "string" && typeof w.zh === "string";
    must(Object.values(value.labels).every(words), "说明文字不符合格式", "the labels do not fit the format");
    return value;
  };
  const digestHolds = async (bundle) => {
    const { digest, ...rest } = bundle;
    must(digest === btoa(String.fromCharCode(...await sha256(utf8.encode(canonical(rest))))), "文件内容与其摘要不符，已被改动", "the content does not match its digest: it was changed");
  };
  /** A verifier key name+hash+base64(type ‖ key). */
  const keyOf = async (text) => {
    const [name, id, ...rest] = String(text).trim().split("+");
    const raw = base64(rest.join("+"));
    must(name && raw && raw.length === 33 && (raw[0] === 1 || raw[0] === 4), "公钥格式错误", "a malformed key");
    const hash = hex((await sha256(join(utf8.encode(`${name}\n`), raw))).slice(0, 4));
    must(hash === String(id).toLowerCase(), "公钥与其自身的标识不符", "the key does not match its own id");
    return { name, hash, type: raw[0], raw: raw.slice(1), text: `${name}+${hash}+${rest.join("+")}` };
  };
  const noteOf = (text) => {
    const cut = text.lastIndexOf("\n\n");
    must(cut >= 0 && text.endsWith("\n"), "检查点没有签名", "the checkpoint has no signature");
    const signed = text.slice(0, cut + 1);
    const lines = text.slice(cut + 2, -1).split("\n").map((line) => {
      const match = /^— ([^ +]+) ([A-Za-z0-9+/=]+)$/u.exec(line);
      const raw = match && base64(match[2]);
      must(raw && raw.length > 4, "检查点的签名行格式错误", "a malformed signature line");
      return { name: match[1], hash: hex(raw.slice(0, 4)), raw: raw.slice(4) };
    });
    const [origin, size, root] = signed.slice(0, -1).split("\n");
    const hash = base64(root ?? "");
    must(origin && /^(0|[1-9][0-9]{0,15})$/.test(size ?? "") && hash && hash.length === 32, "检查点格式错误", "a malformed checkpoint");
    return { signed, lines, origin, size: Number(size), root: hash };
  };
  /** true, false, or null when this browser cannot check Ed25519. */
  const signatureHolds = async (key, line, signed) => {
    let imported;
    try { imported = await crypto.subtle.importKey("raw", key.raw, { name: "Ed25519" }, false, ["verify"]); } catch { return null; }
    let message = utf8.encode(signed);
    let signature = line.raw;
    if (key.type === 4) {
      if (signature.length !== 72) return false;
      const time = new DataView(signature.buffer, signature.byteOffset, 8).getBigUint64(0);
      if (time >= 2n ** 63n) return false;
      message = join(utf8.encode(`cosignature/v1\ntime ${time}\n`), message);
      signature = signature.slice(8);
    }
    return signature.length === 64 && crypto.subtle.verify({ name: "Ed25519" }, imported, signature, message);
  };
  /** RFC 9162 §2.1.3.2. */
  const included = async (leaf, index, size, path, root) => {
    if (index >= size) return false;
    let [fn, sn, hash] = [BigInt(index), BigInt(size) - 1n, leaf];
    for (const node of path) {
      if (sn === 0n) return false;
      if (fn & 1n || fn === sn) {
        hash = await sha256(join([1], node, hash));
        while (!(fn & 1n) && fn !== 0n) { fn >>= 1n; sn >>= 1n; }
      } else hash = await sha256(join([1], hash, node));
      fn >>= 1n; sn >>= 1n;
    }
    return sn === 0n && same(hash, root);
  };

  const verify = async (bytes, trustedText) => {
    const said = [];
    const bundle = parsed(bytes);
    await digestHolds(bundle);
    said.push(say("文件完整：格式规范，摘要相符", "the file is whole: canonical, and its digest fits"));
    const note = noteOf(bundle.checkpoint);
    const keys = await Promise.all(bundle.keys.map(keyOf));
    must(keys.length > 0 && keys.length === note.lines.length && new Set(bundle.keys).size === keys.length && keys.every((k, i) => k.name === note.lines[i].name && k.hash === note.lines[i].hash && k.text === bundle.keys[i]) && keys[0].type === 1 && keys[0].name === note.origin, "签名与所列公钥不一一对应", "signatures and listed keys do not correspond");
    const results = await Promise.all(keys.map((key, i) => signatureHolds(key, note.lines[i], note.signed)));
    must(!results.includes(false), "检查点签名不成立", "the checkpoint's signature fails");
    const signatures = !results.includes(null);
    said.push(signatures ? say("检查点签名成立", "the checkpoint's signature holds") : say("未能检查：本浏览器不支持 Ed25519，检查点的签名没有核验", "NOT checked: this browser has no Ed25519, so the checkpoint's signature was not verified"));
    let trusted = false;
    if (trustedText.trim()) {
      const lines = trustedText.split("\n").map((l) => l.trim()).filter((l) => l && !l.startsWith("#"));
      const given = await Promise.all(lines.map(async (l) => ({ key: await keyOf(l.split(" <= ")[0]), until: l.split(" <= ")[1] })));
      const match = given.find((g) => g.key.text === keys[0].text);
      must(match, "检查点不是由您指定的公钥签名的", "the checkpoint is not signed by the key you gave");
      must(match.until === undefined || (/^(0|[1-9][0-9]{0,15})$/.test(match.until) && note.size <= Number(match.until)), "该公钥已停用，不能签署这样大的检查点", "this key was retired before the log was that large");
      trusted = signatures;
      said.push(say("公钥与您指定的一致", "the key is the one you gave"));
    } else said.push(say("未能检查：您没有填写可信公钥，只能说明文件各部分互相吻合，不能证明是该市日志签发的", "NOT checked: you gave no trusted key; the parts fit each other, but that the city's log signed them is not shown"));
    const path = bundle.proof.map((n) => (typeof n === "string" ? base64(n) : null));
    must(path.every((n) => n && n.length === 32), "收录证明格式错误", "a malformed inclusion proof");
    const leaf = await sha256(join([0], utf8.encode(canonical(bundle.entry))));
    must(await included(leaf, bundle.index, note.size, path, note.root), "该条目不在检查点所述的日志中", "the entry is not in the log of the checkpoint");
    said.push(say(`条目在日志中：第${bundle.index}条，日志共${note.size}条`, `the entry is in the log: index ${bundle.index} of ${note.size}`));
    if ("disclosed" in bundle) {
      const { member, payload, salt } = bundle.disclosed ?? {};
      must(canonical(Object.keys(bundle.disclosed ?? {}).sort()) === '["member","payload","salt"]' && typeof member === "string" && /^[0-9a-f]{64}$/.test(salt), "披露内容不符合格式", "a malformed disclosure");
      const bytesOfSalt = Uint8Array.from(salt.match(/../g), (b) => parseInt(b, 16));
      const sealed = hex(await sha256(join([0], bytesOfSalt, utf8.encode(canonical(payload)))));
      must(Object.hasOwn(bundle.entry, member) && bundle.entry[member] === sealed, "所示内容与日志中的承诺值不符", "the content shown is not the one committed to in the log");
      said.push(say("所示内容就是写入日志时承诺的内容", "the content shown is the one committed to in the log"));
    }
    return { said, trusted, shown: bundle.disclosed ? bundle.disclosed.payload : bundle.entry };
  };

  const place = document.getElementById("verdict");
  const element = (name, words, kind = "") => { const e = document.createElement(name); e.textContent = words; if (kind) e.className = kind; return e; };
  const show = (...elements) => place.replaceChildren(...elements);
  const flat = (value, name = "") => (plain(value) ? Object.entries(value).flatMap(([k, v]) => flat(v, name ? `${name}.${k}` : k)) : [[name, value]]);
  const run = async () => {
    const file = document.getElementById("bundle").files[0];
    if (!file) return;
    if (!globalThis.crypto?.subtle) {
      show(element("p", say("本浏览器在此地址下不提供加密功能，无法核验。请下载离线核验页从本机打开，或使用 ximu-verify。", "This browser gives no cryptography at this address, so nothing was checked. Download the offline page and open it from your disk, or use ximu-verify."), "notice warning"));
      return;
    }
    try {
      const { said, trusted, shown } = await verify(new Uint8Array(await file.arrayBuffer()), document.getElementById("trusted").value);
      const list = document.createElement("ul");
      list.append(...said.map((words) => element("li", words)));
      const facts = element("dl", "", "facts");
      flat(shown).forEach(([name, value]) => facts.append(element("dt", name), element("dd", value === null ? "—" : String(value))));
      show(element("p", trusted ? say("有效", "VALID") : say("内部吻合，但来源未证明", "CONSISTENT, but its origin is not proved"), trusted ? "notice success" : "notice warning"), list, facts);
    } catch (error) {
      show(element("p", say("无效：", "INVALID: ") + (error instanceof Wrong ? error.message : say("文件不能按格式读出", "the file cannot be read as the format says")), "notice error"));
    }
  };
  document.getElementById("bundle").addEventListener("change", run);
  document.getElementById("trusted").addEventListener("change", run);
})();
