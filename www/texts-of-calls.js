// The texts of a call, in both languages.

/** @type {Record<string, Record<'en' | 'zh', string>>} */
export const CALL_TEXTS = {
  'call.unnamed': { en: 'The other side', zh: '对方' },
  'call.idle': { en: 'No call', zh: '没有通话' },
  'call.outgoing': { en: 'Calling…', zh: '呼叫中…' },
  'call.outgoing.voice': { en: 'Voice call, waiting for an answer…', zh: '语音通话，等待对方接听…' },
  'call.outgoing.video': { en: 'Video call, waiting for an answer…', zh: '视频通话，等待对方接听…' },
  'call.incoming': { en: 'is calling', zh: '来电' },
  'call.incoming.voice': { en: 'invites you to a voice call', zh: '邀请你进行语音通话' },
  'call.incoming.video': { en: 'invites you to a video call', zh: '邀请你进行视频通话' },
  'call.joining': { en: 'Connecting…', zh: '连接中…' },
  'call.deviceName': {
    en: 'A device is shown by the name that its user gave it, and its model’s',
    zh: '设备显示为用户授权时的名字加型号名',
  },
  'call.offline': {
    en: 'The room service cannot be reached; trying again',
    zh: '无法连接房间服务，正在重试',
  },

  'media.connecting': { en: 'Picture and sound are on their way…', zh: '正在建立音视频连接…' },
  'media.disconnected': {
    en: 'Picture and sound were interrupted; looking for another way',
    zh: '音视频中断，正在恢复',
  },
  'media.tap': { en: 'Tap to see and hear the other side', zh: '点击以播放对方的画面与声音' },
  'media.otherCamera': { en: '{who}’s camera is off', zh: '{who} 的摄像头已关闭' },
  'media.camera': {
    en: 'The camera cannot be used: it is not there, in use or paused. The other side hears you',
    zh: '摄像头无法使用：没有设备、被占用或已暂停。对方仍能听到声音',
  },
  'media.camera.refused': {
    en: 'The browser was not allowed to use the camera. The other side hears you; allow it beside the address of this page, and turn the camera on',
    zh: '浏览器未获准使用摄像头，对方仍能听到声音。可在地址栏旁允许使用，然后打开摄像头',
  },
  'media.microphone': {
    en: 'Nobody hears you: the microphone is gone, paused or not allowed. Plug one in or allow it',
    zh: '对方听不到声音：麦克风已断开、已暂停或未获准使用。请接入麦克风或允许使用',
  },
  'media.lacking.video': {
    en: 'No camera here: the test picture stands in for it',
    zh: '本机没有摄像头，以测试画面代替',
  },
  'media.lacking.audio': { en: 'No microphone here: a test tone stands in for it', zh: '本机没有麦克风，以测试音代替' },
  'media.lacking.audio.video': {
    en: 'No camera and no microphone here: a test picture and a tone stand in for them',
    zh: '本机没有摄像头与麦克风，以测试画面和测试音代替',
  },
  'media.failed': {
    en: 'No way for picture and sound between the two networks: the service needs a TURN server',
    zh: '两端网络之间无法传输音视频：需要为服务配置 TURN 服务器',
  },

  'action.answer': { en: 'Answer', zh: '接听' },
  'action.decline': { en: 'Decline', zh: '拒绝' },
  'action.cancel': { en: 'Cancel', zh: '取消' },
  'action.hangUp': { en: 'Hang up', zh: '挂断' },
  'action.silence': { en: 'Silence', zh: '停止响铃' },
  'action.mute': { en: 'Mute', zh: '静音' },
  'action.unmute': { en: 'Unmute', zh: '取消静音' },
  'action.cameraOff': { en: 'Camera off', zh: '关摄像头' },
  'action.cameraOn': { en: 'Camera on', zh: '开摄像头' },
  'action.switchCamera': { en: 'Switch', zh: '切换' },
  'action.testPicture': { en: 'Test picture', zh: '测试画面' },
  'action.continueHere': { en: 'Continue here', zh: '在此继续' },
  'action.close': { en: 'Back', zh: '返回' },

  'incoming.seconds': { en: 'Seconds left to answer: {seconds}', zh: '响铃剩余 {seconds} 秒' },
  'incoming.waiting': { en: '{count} more waiting', zh: '另有 {count} 个来电等待' },
  'incoming.path': { en: 'The page was opened with', zh: '打开页面的路径' },
  'incoming.name': { en: 'Parameter', zh: '参数' },
  'incoming.value': { en: 'Value', zh: '值' },
  'incoming.announce': { en: '{name} is calling', zh: '{name} 来电' },

  'ended.caller': { en: 'The caller', zh: '拨打方' },
  'ended.listener': { en: 'The other side', zh: '对方' },
  'ended.talked': { en: 'Talked for {time}', zh: '通话时长 {time}' },
  'ended.cancelled': { en: 'You cancelled the call', zh: '你已取消呼叫' },
  'ended.cancelled.other': { en: '{who} cancelled the call', zh: '{who} 已取消呼叫' },
  'ended.rejected': { en: 'You declined the call', zh: '你已拒绝来电' },
  'ended.rejected.other': { en: '{who} declined the call', zh: '{who} 拒绝了来电' },
  'ended.hungUp': { en: 'You hung up', zh: '你已挂断' },
  'ended.hungUp.other': { en: '{who} hung up', zh: '{who} 已挂断' },
  'ended.timeLimit': { en: 'The call reached its time limit', zh: '通话已达到时长上限' },
  'ended.timeout.caller': { en: '{who} did not answer', zh: '{who} 无人接听' },
  'ended.timeout.listener': { en: 'You did not answer in time', zh: '未及时接听' },
  'ended.busy': { en: '{who} is in another call', zh: '{who} 正在通话中' },
  'ended.aborted': { en: 'The call broke off', zh: '通话中断' },
  'ended.joinFailed': { en: 'This end could not enter the call', zh: '本端无法进入通话' },
  'ended.elsewhere': {
    en: 'The call goes on in another window or on another device of yours',
    zh: '该通话在你的其他窗口或设备上进行',
  },
  'ended.elsewhere.page': { en: 'The call goes on in another window', zh: '该通话在另一窗口中进行' },
  'ended.failed': { en: 'The call failed', zh: '通话失败' },
  'ended.2007': { en: 'The microphone could not be opened', zh: '麦克风无法打开' },
  'ended.2007.advice': {
    en: 'Another program may be using it: close that one, and call again. Or turn on the test picture.',
    zh: '可能正被其他程序占用：请关闭该程序后重新呼叫。也可开启测试画面。',
  },
  'ended.2102': { en: 'The browser was not allowed to use the microphone', zh: '浏览器未获准使用麦克风' },
  'ended.2102.advice': {
    en: 'Allow it beside the address of this page and in the system’s settings, and call again. Or turn on the test picture.',
    zh: '请在地址栏旁以及系统设置中允许使用，然后重新呼叫。也可开启测试画面。',
  },
  'ended.2103': { en: 'This page may not use the microphone', zh: '此页面不能使用麦克风' },
  'ended.2103.advice': {
    en: 'Browsers give it only to pages over https or from localhost. Open this page that way, and call again. Or turn on the test picture.',
    zh: '浏览器只允许 https 或 localhost 页面使用。请以这种方式打开后重新呼叫。也可开启测试画面。',
  },

  'setting.sound': { en: 'Ringtone', zh: '铃声' },
  'setting.test-picture': { en: 'Test picture', zh: '测试画面' },
  'handset.both': { en: 'Both handsets', zh: '查看两端' },
  'handset.insecure': {
    en: 'No camera and no microphone here: this page came over plain http from another machine, and browsers give them only to pages over https or from localhost. Open it that way, or turn on the test picture.',
    zh: '此页面通过 http 从另一台机器打开，浏览器不提供摄像头与麦克风（仅限 https 或 localhost 页面）。请换用这种方式打开，或开启测试画面。',
  },
};
