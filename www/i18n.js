// Every text of the page, in both languages, and the one place that knows which language is shown.
//
// The page and the two handsets are three documents. They agree through localStorage: whoever sets the
// language writes it there, and the others hear of it by the `storage` event. What a document says in
// its HTML is marked `data-i18n` (text) or `data-i18n-label` (aria-label) and filled in by translate().

import { all } from './dom.js';
import { recall, remember } from './kept.js';
import { CALL_TEXTS } from './texts-of-calls.js';

/** @typedef {'en' | 'zh'} Language */

const KEY = 'wmpf-voip.language';

/** @type {Record<string, Record<Language, string>>} */
const TEXTS = {
  ...CALL_TEXTS,
  'page.title': { en: 'wmpf-voip · place a call', zh: 'wmpf-voip · 发起通话' },
  'page.intro': {
    en: 'A device and a phone call each other. Each runs the open wmpf-voip package for itself; they meet only in the room service.',
    zh: '设备与手机互相呼叫。两端各自运行开源的 wmpf-voip，仅通过房间服务互通。',
  },
  'page.step.call': {
    en: 'Press Call on one handset: the documented sample code runs as it stands.',
    zh: '在任一端点击“呼叫”：文档中的示例代码会原样运行。',
  },
  'page.step.ring': {
    en: 'The other handset rings. Answer it: picture and sound go both ways.',
    zh: '另一端开始响铃。接听后双方即可音视频通话。',
  },
  'page.step.errors': {
    en: 'Change a field, or produce any error code below, and read what it means.',
    zh: '修改任意字段，或在下方触发任意错误码，查看其含义。',
  },
  'page.language': { en: 'Language', zh: '语言' },
  'page.handsets': { en: 'Handsets', zh: '两端' },

  'page.alone': { en: 'Open it alone', zh: '单独打开' },
  'page.alone.device': { en: 'Open the device alone', zh: '单独打开设备端' },
  'page.alone.phone': { en: 'Open the phone alone', zh: '单独打开手机端' },

  'machines.title': { en: 'From one machine to another', zh: '在两台机器之间通话' },
  'machines.open': {
    en: 'Open the device’s page on one machine and the phone’s on the other, both from this service, and close this page: what is open here rings, too, and the first to answer gets the call.',
    zh: '在一台机器上打开设备端，在另一台上打开手机端，两者使用同一服务；然后关闭本页面，否则这里也会响铃，先接听者进入通话。',
  },
  'machines.secure': {
    en: 'Browsers give camera and microphone only to pages over https or from localhost.',
    zh: '浏览器只允许 https 或 localhost 页面使用摄像头与麦克风。',
  },
  'machines.tunnel': {
    en: 'Another computer gets the service as its own localhost with',
    zh: '另一台电脑可用以下命令将服务映射为自己的 localhost：',
  },
  'machines.cable': { en: 'and an Android phone on a cable with', zh: '；用数据线连接的安卓手机可用：' },
  'machines.plain': {
    en: 'Over plain http, from an address in the local network, a call rings, but has no camera and no microphone; the page then says so, and offers a test picture.',
    zh: '通过局域网地址以 http 打开时可以响铃，但没有摄像头与麦克风；页面会给出提示，并可使用测试画面。',
  },
  'machines.busy': {
    en: 'There is a second pair, Back Door and Bob. Each of the four can call both of the other kind: call somebody who is in a call, and the line is busy.',
    zh: '还有第二对：后门与 Bob。四方中的任意一方都可以呼叫另一类的两方：呼叫正在通话的一方即可看到忙线。',
  },
  'machines.device.2': { en: 'The second device', zh: '第二台设备' },
  'machines.phone.2': { en: 'The second phone, calling the first device', zh: '第二部手机（呼叫第一台设备）' },
  'machines.device': { en: 'The device alone', zh: '单独的设备端' },
  'machines.phone': { en: 'The phone alone', zh: '单独的手机端' },

  'page.jump': { en: '{who} is ringing, show it', zh: '{who}正在响铃，点击查看' },

  'demo.missing': {
    en: 'This service has no demo data: start it with --demo.',
    zh: '该服务没有演示数据：请使用 --demo 参数启动。',
  },
  'demo.named': {
    en: 'The demo gives no tokens to a page of this host name: open it by its IP address, or start the service with --demo-host and the name.',
    zh: '演示不向该主机名的页面发放 token：请使用 IP 地址打开，或在启动服务时用 --demo-host 指定该名称。',
  },
  'demo.unreachable': {
    en: 'The room service could not be reached; reload this page when it runs.',
    zh: '无法连接房间服务，请在服务启动后刷新页面。',
  },

  'role.device': { en: 'Device', zh: '设备' },
  'role.phone': { en: 'Phone', zh: '手机' },
  'role.service': { en: 'Service', zh: '服务' },
  'role.gallery': { en: 'Gallery', zh: '错误码' },
  'role.device.kind': { en: 'Door phone running WMPF', zh: '运行 WMPF 的门铃' },
  'role.phone.kind': { en: 'A user in WeChat', zh: '微信用户' },

  'connection.connecting': { en: 'Connecting', zh: '连接中' },
  'connection.open': { en: 'Reachable', zh: '可接收来电' },
  'connection.expired': { en: 'Session expired, reload', zh: '会话已过期，请刷新' },
  'connection.closed': { en: 'Offline, retrying', zh: '已断开，正在重试' },

  'form.intro': {
    en: 'The request, field by field. An empty field is left out. A number field sends the number that it spells, and anything else as a string, so that wrong input can be tried.',
    zh: '请求的全部字段。留空表示不传该字段；数字字段按数字发送，不是数字的内容按字符串发送，便于尝试错误输入。',
  },
  'form.callable': { en: 'Call', zh: '呼叫' },
  'form.reset': { en: 'Restore defaults', zh: '恢复默认值' },
  'form.leftOut': { en: 'left out', zh: '不传' },
  'form.show': { en: 'Show', zh: '显示' },
  'form.hide': { en: 'Hide', zh: '隐藏' },
  'form.call': { en: 'Call', zh: '呼叫' },
  'form.calling': { en: 'Calling…', zh: '呼叫中…' },
  'form.problem': { en: 'Expected {expected}, got {got}', zh: '应为：{expected}；实际：{got}' },
  'group.caller': { en: 'Who calls', zh: '拨打方' },
  'group.listener': { en: 'Who is called', zh: '接听方' },
  'group.call': { en: 'The call', zh: '通话' },
  'hint.name': { en: 'Name to show', zh: '显示的名字' },
  'hint.name.forced': { en: 'No effect: its user has named it', zh: '无效：显示用户给设备的名字' },
  'hint.cameraStatus': { en: 'Camera: 0 on, 1 off', zh: '摄像头：0 开启，1 关闭' },
  'hint.roomType': { en: 'Kind of call', zh: '通话类型' },
  'hint.businessType': { en: 'Who calls whom', zh: '业务类型' },
  'hint.miniprogramState': { en: 'Version to open', zh: '打开的版本' },
  'hint.customQuery': { en: 'Added to the path', zh: '拼接到页面路径' },
  'hint.timeLimit': { en: 'Seconds, above 0', zh: '秒，需大于 0' },
  'hint.voipToken': { en: 'Ticket', zh: '拨打票据' },
  'hint.voipToken.0': { en: 'Payment’s voip_token', zh: '刷脸支付的 voip_token' },
  'hint.voipToken.1': { en: 'deviceToken', zh: '设备的 deviceToken' },
  'hint.voipToken.2': { en: 'Device’s pushToken', zh: '设备的 pushToken' },
  'hint.id.sn': { en: 'Device SN', zh: '设备 SN' },
  'hint.id.openId': { en: 'User’s openId', zh: '微信用户 openId' },
  'hint.id.user': { en: 'Payment user_id', zh: '刷脸用户 user_id' },
  'hint.id': { en: 'By businessType', zh: '取决于 businessType' },

  'code.title': { en: 'The code that Call runs', zh: '点击“呼叫”所运行的代码' },
  'code.note': {
    en: 'The documented sample, word for word, with this form’s values.',
    zh: '文档示例代码原文，仅代入表单的值。',
  },

  'sample.toast': { en: '“Call failed”, in the sample code’s own words', zh: '' },

  'result.title': { en: 'Result', zh: '结果' },
  'result.success': { en: 'initByCaller succeeded', zh: 'initByCaller 成功' },
  'result.resolved': { en: 'Resolved with isSuccess: false', zh: '返回 isSuccess: false' },
  'result.rejected': { en: 'Rejected with {name}', zh: '抛出 {name}' },
  'result.object': { en: 'The object that came back', zh: '返回的对象' },
  'result.close': { en: 'Close the result', zh: '关闭结果' },
  'explain.meaning': { en: 'Meaning', zh: '含义' },
  'explain.cause': { en: 'Usual cause', zh: '常见原因' },
  'explain.remedy': { en: 'What to do', zh: '处理办法' },

  'diagram.title': { en: 'What happened', zh: '全过程时序图' },
  'diagram.note': {
    en: 'Open a row to see its data; tokens are shown as “…”.',
    zh: '点击一行可查看数据；token 以“…”代替。',
  },
  'diagram.empty': { en: 'Nothing has happened yet.', zh: '还没有任何记录。' },
  'diagram.clear': { en: 'Clear', zh: '清空' },
  'diagram.forgotten': {
    en: 'Oldest rows that were removed: {count}',
    zh: '已移除最早的 {count} 行。',
  },
  'diagram.unanswered': { en: 'No answer', zh: '没有应答' },
  'diagram.succeeded': { en: 'initByCaller succeeded', zh: 'initByCaller 成功' },
  'diagram.failed': { en: 'initByCaller failed', zh: 'initByCaller 失败' },
  'diagram.opened': { en: 'Page opened', zh: '打开页面' },
  'diagram.toast': { en: 'Toast shown', zh: '显示提示' },
  'diagram.problem': { en: 'The camera could not be used', zh: '摄像头无法使用' },
  'diagram.broken': { en: 'The call broke', zh: '通话异常' },
  'diagram.dismissed': { en: 'Silenced here', zh: '本机停止响铃' },
  'diagram.socket.call': { en: 'WebSocket of the call', zh: '通话的 WebSocket' },
  'diagram.socket.reminders': { en: 'WebSocket of reminders', zh: '来电提醒的 WebSocket' },
  'diagram.closed': { en: 'closed {code}', zh: '已关闭 {code}' },
  'diagram.peer.there': { en: 'peer: there', zh: 'peer：已连接' },
  'diagram.peer.away': { en: 'peer: away', zh: 'peer：已断开' },

  'gallery.title': { en: 'Error codes, produced for real', zh: '真实触发的错误码' },
  'gallery.intro': {
    en: 'Each button makes the call that ends in its code, with this page’s own copy of the package, and shows what came back.',
    zh: '每个按钮都会用本页面自己的一份模块发起以该错误码结束的呼叫，并显示返回结果。',
  },
  'gallery.produce': { en: 'Produce', zh: '触发' },
  'gallery.produce.label': { en: 'Produce error {code}: {title}', zh: '触发错误码 {code}：{title}' },
  'gallery.all': { en: 'Produce all', zh: '全部触发' },
  'gallery.summary': {
    en: '{ok} of {total} gave the expected code',
    zh: '{total} 个中有 {ok} 个返回了预期的错误码',
  },
  'gallery.idle': { en: 'Not tried', zh: '未尝试' },
  'gallery.running': { en: 'Running…', zh: '进行中…' },
  'gallery.ok': { en: 'As expected', zh: '符合预期' },
  'gallery.mismatch': { en: 'Not the expected code', zh: '与预期不符' },
  'gallery.direct': { en: 'Not by initByCaller: POST {path}', zh: '不经 initByCaller：POST {path}' },
  'gallery.got': { en: 'Got', zh: '实际返回' },
  'gallery.1000': {
    en: 'The host of a WMPF-registered device cannot fetch its deviceToken',
    zh: 'WMPF 注册设备的宿主无法获取 deviceToken',
  },
  'gallery.1001': {
    en: 'A phone calls a device without a pushToken',
    zh: '手机呼叫设备但未传 pushToken',
  },
  'gallery.1002': {
    en: 'The endpoint is a loopback port that nothing answers on',
    zh: 'endpoint 指向无人应答的本机端口',
  },
  'gallery.1003': {
    en: 'A login page answers in place of the service; its fetch is injected by this page',
    zh: '应答的是登录页而非服务（由本页面注入的 fetch 模拟）',
  },
  'gallery.1004': {
    en: 'roomType is “phone”, and cameraStatus is a string',
    zh: 'roomType 为 “phone”，且 cameraStatus 为字符串',
  },
  'gallery.1005': {
    en: 'A second call while the first is still starting; that one rings at the second phone, if it is open, and is taken back',
    zh: '上一次呼叫仍在发起时再次呼叫；前一次呼叫会使第二部手机（若已打开）响铃片刻，随后取消',
  },
  'gallery.1006': {
    en: 'The phone makes a call that belongs to the device',
    zh: '在手机端发起属于设备端的呼叫',
  },
  'gallery.1007': {
    en: 'The device makes a call that belongs to the phone',
    zh: '在设备端发起属于手机端的呼叫',
  },
  'gallery.1008': {
    en: 'The caller hangs up while the call starts; the second phone, if it is open, rings until then',
    zh: '呼叫仍在发起时，拨打方挂断；在此之前第二部手机（若已打开）会响铃',
  },
  'gallery.1011': {
    en: 'The wasm is not where init was told to look for it',
    zh: 'init 指定的位置没有 wasm 文件',
  },
};

/** @type {Set<() => void>} */
const listeners = new Set();
let current = initialLanguage();

/** @returns {Language} */
export function language() {
  return current;
}

/** @param {Language} chosen */
export function setLanguage(chosen) {
  remember(KEY, chosen);
  change(chosen);
}

/**
 * Calls `listener` now and after each change of the language.
 * @param {() => void} listener
 */
export function onLanguage(listener) {
  listeners.add(listener);
  listener();
}

/**
 * The text of a key, with `{name}` replaced by the value of that name.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function t(key, values = {}) {
  return TEXTS[key][current].replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/** Fills in the texts that the document's HTML asks for. */
export function translate() {
  document.documentElement.lang = current === 'zh' ? 'zh-CN' : 'en';
  for (const node of all('[data-i18n]')) node.textContent = t(node.dataset.i18n ?? '');
  for (const node of all('[data-i18n-label]')) {
    node.setAttribute('aria-label', t(node.dataset.i18nLabel ?? ''));
  }
}

/** @param {Language} chosen */
function change(chosen) {
  if (chosen === current) return;
  current = chosen;
  for (const listener of listeners) listener();
}

/** `?lang=` wins and is kept, so that the handsets inside of the page follow it. */
function initialLanguage() {
  const asked = new URLSearchParams(location.search).get('lang');
  if (isLanguage(asked)) {
    remember(KEY, asked);
    return asked;
  }
  const kept = recall(KEY);
  if (isLanguage(kept)) return kept;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

/**
 * @param {unknown} value
 * @returns {value is Language}
 */
function isLanguage(value) {
  return value === 'en' || value === 'zh';
}

addEventListener('storage', (event) => {
  if (event.key === KEY && isLanguage(event.newValue)) change(event.newValue);
});
