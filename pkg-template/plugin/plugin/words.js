// What the call page says, in Chinese and in English.

const ZH = {
  voice: '语音通话',
  video: '视频通话',
  idle: '暂无通话',
  outgoing: '正在响铃，等待对方接听…',
  incomingVoice: '邀请你语音通话',
  incomingVideo: '邀请你视频通话',
  joining: '正在接通…',
  connected: '通话中',
  reconnecting: '网络中断，正在重新连接…',
  noMedia: '开发者工具中没有声音和画面',
  noCamera: '摄像头无法使用，对方只能听到声音',

  // Why it is over.
  cancelled: '已取消',
  cancelledByOther: '对方已取消',
  rejected: '已拒绝',
  rejectedByOther: '对方已拒绝',
  noAnswer: '对方无应答',
  missed: '超时未接听',
  busy: '对方正忙，请稍后再拨',
  hungUp: '通话已结束',
  hungUpByOther: '对方已挂断',
  timeLimit: '已达到通话时长上限',
  aborted: '通话已中断',
  elsewhere: '已在其他设备或页面处理',
  onOtherPage: '通话正在另一页面中进行',
  isOver: '通话不存在或已结束',
  notJoined: '无法加入通话',

  answer: '接听',
  reject: '拒绝',
  cancel: '取消',
  hangUp: '挂断',
  continueHere: '在此继续',
  muted: '已静音',
  notMuted: '麦克风已开',
  cameraOn: '摄像头已开',
  cameraOff: '摄像头已关',
  switchCamera: '切换摄像头',
  back: '返回',
  close: '关闭',
};

const EN = {
  voice: 'Voice call',
  video: 'Video call',
  idle: 'No call',
  outgoing: 'Ringing…',
  incomingVoice: 'Incoming voice call',
  incomingVideo: 'Incoming video call',
  joining: 'Connecting…',
  connected: 'Connected',
  reconnecting: 'The connection is lost. Connecting again…',
  noMedia: 'No sound and no picture in DevTools',
  noCamera: 'The camera cannot be used: the other side can only hear you',

  cancelled: 'Cancelled',
  cancelledByOther: 'The caller has cancelled',
  rejected: 'Declined',
  rejectedByOther: 'The other side has declined',
  noAnswer: 'No answer',
  missed: 'Missed call',
  busy: 'Busy. Try again later',
  hungUp: 'Call ended',
  hungUpByOther: 'The other side has hung up',
  timeLimit: 'The call has reached its time limit',
  aborted: 'The call was interrupted',
  elsewhere: 'Taken on another device or page',
  onOtherPage: 'The call continues on another page',
  isOver: 'This call does not exist, or has ended',
  notJoined: 'The call could not be joined',

  answer: 'Answer',
  reject: 'Decline',
  cancel: 'Cancel',
  hangUp: 'Hang up',
  continueHere: 'Continue here',
  muted: 'Muted',
  notMuted: 'Mic on',
  cameraOn: 'Camera on',
  cameraOff: 'Camera off',
  switchCamera: 'Flip',
  back: 'Back',
  close: 'Close',
};

/**
 * The user's language, `zh` if the host does not say it.
 *
 * @returns {'zh' | 'en'}
 */
function language() {
  try {
    const info = wx.getAppBaseInfo ? wx.getAppBaseInfo() : wx.getSystemInfoSync();
    return /^zh|^$/i.test(info.language || '') ? 'zh' : 'en';
  } catch (error) {
    return 'zh';
  }
}

/** @param {string} language */
const words = (language) => (language === 'en' ? EN : ZH);

module.exports = { language, words };
