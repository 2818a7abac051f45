// The visible part of the call page as WeChat's simulator renders it: each state has its texts and buttons and no
// others, and each tap triggers its event.

import '../../support/rejections.mjs';

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { JSDOM } from 'jsdom';

import { compiledPlugin } from './compile.mjs';

const require = createRequire(import.meta.url);

/** WeChat's own compiler of WXML is a program for these machines; the simulator brings another one. */
const compiler = process.arch === 'x64' ? 'official' : 'simulate';

const LONG = 'Miss Anna Wilhelmina Konstantinopolitanska-Featherstonehaugh, 第三教学楼北门值班室';

/** What is seen and can be tapped: properties, texts from top to bottom, buttons as label and event. */
const STATES = [
  [
    { state: 'outgoing', name: '李雷', roomType: 'voice' },
    ['语音通话', '李', '李雷', '正在响铃，等待对方接听…'],
    { 取消: 'hangup' },
  ],
  [
    { state: 'outgoing', name: 'Lily', roomType: 'video' },
    ['视频通话', 'L', 'Lily', '正在响铃，等待对方接听…'],
    { 摄像头已开: 'camera', 取消: 'hangup' },
  ],
  [{ state: 'outgoing' }, ['', '', '', '正在响铃，等待对方接听…'], { 取消: 'hangup' }],
  [
    { state: 'incoming', name: '前门', roomType: 'voice' },
    ['语音通话', '前', '前门', '邀请你语音通话'],
    { 拒绝: 'reject', 接听: 'answer' },
  ],
  [
    { state: 'incoming', name: LONG, roomType: 'video', language: 'en' },
    ['Video call', 'M', LONG, 'Incoming video call'],
    { Decline: 'reject', Answer: 'answer' },
  ],
  [{ state: 'joining', name: '😀 x', roomType: 'video' }, ['视频通话', '😀', '😀 x', '正在接通…'], { 挂断: 'hangup' }],
  [
    { state: 'connected', name: 'Lily', roomType: 'video', keepTime: 65, language: 'en' },
    ['Video call', 'L', 'Lily', '01:05'],
    { 'Mic on': 'mute', 'Camera on': 'camera', Flip: 'switchcamera', 'Hang up': 'hangup' },
  ],
  [
    { state: 'connected', name: 'Lily', roomType: 'video', muted: true, camera: false, language: 'en' },
    ['Video call', 'L', 'Lily', '00:00'],
    { Muted: 'mute', 'Camera off': 'camera', 'Hang up': 'hangup' },
  ],
  [
    { state: 'connected', name: 'Lily', roomType: 'video', canToggleCamera: false },
    ['视频通话', 'L', 'Lily', '00:00'],
    { 麦克风已开: 'mute', 挂断: 'hangup' },
  ],
  [
    { state: 'connected', name: 'Lily', roomType: 'voice', keepTime: 3661, online: false },
    ['语音通话', 'L', 'Lily', '1:01:01', '网络中断，正在重新连接…'],
    { 麦克风已开: 'mute', 挂断: 'hangup' },
  ],
  [
    { state: 'connected', name: 'Lily', roomType: 'voice', hasMedia: false, customText: '去开门' },
    ['语音通话', 'L', 'Lily', '00:00', '开发者工具中没有声音和画面', '去开门'],
    { 麦克风已开: 'mute', 挂断: 'hangup' },
    ['custom'],
  ],
  [
    { state: 'connected', name: 'Lily', roomType: 'video', camera: false, hasCameraProblem: true, language: 'en' },
    ['Video call', 'L', 'Lily', '00:00', 'The camera cannot be used: the other side can only hear you'],
    { 'Mic on': 'mute', 'Camera off': 'camera', 'Hang up': 'hangup' },
  ],
  [{ state: 'ended', name: 'Lily', roomType: 'video' }, ['视频通话', 'L', 'Lily', '通话已结束'], {}],
  [
    { state: 'ended', roomType: 'video', reason: '对方无应答', detail: 'why', canGoBack: true },
    ['视频通话', '', '', '对方无应答', 'why'],
    { 返回: 'back' },
  ],
  [
    {
      state: 'ended',
      reason: 'The call continues on another page',
      canContinue: true,
      canGoBack: true,
      language: 'en',
    },
    ['', '', '', 'The call continues on another page'],
    { 'Continue here': 'continuehere', Back: 'back' },
  ],
  [{ state: 'idle', canGoBack: true }, ['', '', '', '暂无通话'], { 返回: 'back' }],
  // The page is not there yet.
  [{}, ['', '', '', ''], {}],
];

describe('the call panel', { timeout: 120_000 }, () => {
  let compiled;
  let id;
  let simulate;
  before(async () => {
    const { window } = new JSDOM('<!doctype html>');
    for (const name of ['window', 'document', 'Event', 'CustomEvent']) globalThis[name] = window[name] ?? window;
    simulate = require('miniprogram-simulate');
    compiled = await compiledPlugin();
    const rootPath = join(compiled.out, 'plugin');
    id = simulate.load(join(rootPath, 'components/call-panel/call-panel'), 'call-panel', { compiler, rootPath });
  });
  after(() => compiled?.remove());

  function render(properties) {
    const panel = simulate.render(id, properties);
    panel.attach(document.createElement('div'));
    return panel;
  }

  /** One of WXML's attributes, which its compilers write in two ways. */
  const attribute = ({ attrs = [] }, name) => {
    const camel = name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
    return attrs.find((attr) => attr.name === name || attr.name === camel)?.value;
  };
  const ofClass = (tree, name) =>
    everything(tree).filter((node) => attribute(node, 'class')?.split(' ').includes(name));

  function everything(node) {
    return [node, ...(node.children ?? []).flatMap(everything)];
  }

  const textOf = (node) => (typeof node === 'string' ? node : (node.children ?? []).map(textOf).join(''));

  function seen(panel) {
    const tree = panel.toJSON();
    const parts = ['kind', 'avatar', 'name', 'status', 'time', 'more', 'custom'].flatMap((part) =>
      ofClass(tree, `panel__${part}`),
    );
    return { texts: parts.map(textOf), buttons: ofClass(tree, 'button').map(textOf) };
  }

  for (const [properties, texts, buttons, others = []] of STATES) {
    const title = JSON.stringify(properties).replace(LONG, 'a long name');
    it(`shows ${title} with its texts and its buttons`, () => {
      const panel = render(properties);
      assert.deepEqual(seen(panel), { texts, buttons: Object.keys(buttons) });
      panel.detach();
    });

    it(`shows the same when ${title} comes later`, () => {
      const panel = render({
        state: 'incoming',
        name: 'before',
        roomType: 'voice',
        detail: 'before',
        customText: 'before',
      });
      const nothing = { state: '', name: '', roomType: '', camera: true, reason: '', detail: '' };
      panel.setData({ ...nothing, customText: '', canGoBack: false, language: 'zh', ...properties });
      assert.deepEqual(seen(panel), { texts, buttons: Object.keys(buttons) });
      panel.detach();
    });

    it(`triggers the event of each tap on ${title}`, async () => {
      const panel = render(properties);
      const triggered = [];
      for (const event of [
        'answer',
        'reject',
        'hangup',
        'continuehere',
        'mute',
        'camera',
        'switchcamera',
        'custom',
        'back',
      ]) {
        panel.addEventListener(event, () => triggered.push(event));
      }
      for (const button of panel.querySelectorAll('.button, .panel__custom')) button.dispatchEvent('tap');
      // The simulator taps a moment later.
      await simulate.sleep(10);
      assert.deepEqual(triggered, [...others, ...Object.values(buttons)]);
      panel.detach();
    });
  }

  it('does not hang up for the second of two taps on Answer', async () => {
    const panel = render({ state: 'incoming', roomType: 'video' });
    const triggered = [];
    for (const event of ['answer', 'hangup']) {
      panel.addEventListener(event, () => {
        triggered.push(event);
        if (event === 'answer') panel.setData({ state: 'joining' });
      });
    }
    const tapLast = async () => {
      [...panel.querySelectorAll('.button')].at(-1).dispatchEvent('tap');
      await simulate.sleep(10);
    };
    await tapLast();
    await tapLast();
    assert.deepEqual(triggered, ['answer']);
    await simulate.sleep(600);
    await tapLast();
    assert.deepEqual(triggered, ['answer', 'hangup']);
    panel.detach();
  });

  it('names its buttons to those who do not see them', () => {
    const tree = render({ state: 'incoming', roomType: 'video', language: 'en' }).toJSON();
    const named = ofClass(tree, 'button').map((node) =>
      ['aria-role', 'aria-label'].map((name) => attribute(node, name)),
    );
    assert.deepEqual(named, [
      ['button', 'Decline'],
      ['button', 'Answer'],
    ]);
    for (const part of [...ofClass(tree, 'button__disc'), ...ofClass(tree, 'button__label')]) {
      assert.equal(attribute(part, 'aria-hidden'), 'true');
    }
  });

  it('reads out the state and what is wrong, and no seconds', () => {
    const panel = render({ state: 'joining', roomType: 'voice', language: 'en' });
    const readOut = () =>
      everything(panel.toJSON())
        .filter((node) => attribute(node, 'aria-role') === 'status')
        .map(textOf);
    const after = (properties) => {
      panel.setData(properties);
      return readOut();
    };
    assert.deepEqual(readOut(), ['Connecting…', '']);
    assert.deepEqual(after({ state: 'connected', keepTime: 1 }), ['Connected', '']);
    assert.deepEqual(after({ keepTime: 2 }), ['Connected', '']);
    assert.equal(textOf(ofClass(panel.toJSON(), 'panel__time')[0]), '00:02');
    assert.deepEqual(after({ online: false }), ['Connected', 'The connection is lost. Connecting again…']);
    assert.deepEqual(after({ online: true }), ['Connected', '']);
    assert.deepEqual(after({ state: 'ended', reason: 'No answer', detail: 'why' }), ['No answer', 'why']);
    panel.detach();
  });

  it('makes room for pictures where there are some', () => {
    for (const hasPictures of [true, false]) {
      const tree = render({ state: 'connected', hasPictures }).toJSON();
      assert.equal(ofClass(tree, 'panel_pictures').length, hasPictures ? 1 : 0);
    }
  });

  it('says which of its looks a state has', () => {
    for (const state of ['outgoing', 'incoming', 'connected', 'ended']) {
      const tree = render({ state, roomType: 'video' }).toJSON();
      assert.equal(ofClass(tree, `panel_${state}`).length, 1, state);
      assert.equal(ofClass(tree, 'panel_video').length, 1);
    }
  });
});
