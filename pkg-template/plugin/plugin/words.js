// What the call page says, in Chinese and in English.

const ZH = {
  voice: '语音通话',
  video: '视频通话',
  outgoing: '正在响铃，等待对方接听…',
  incomingVoice: '邀请你语音通话',
  incomingVideo: '邀请你视频通话',
  joining: '正在接通…',
  connected: '已接通',
  ended: '通话已结束',
  cancelled: '已取消',
  declined: '已拒绝',
  noAnswer: '对方无应答',
  missed: '超时未接听',
  isOver: '通话不存在或已结束',
  notJoined: '无法加入通话',
  mayStillRing: '未能通知服务，对方可能仍在响铃',
  noMedia: '此版本暂不传输音频和视频',
  answer: '接听',
  reject: '拒绝',
  cancel: '取消',
  hangUp: '挂断',
  cameraOn: '摄像头已开',
  cameraOff: '摄像头已关',
  back: '返回',
};

const EN = {
  voice: 'Voice call',
  video: 'Video call',
  outgoing: 'Ringing…',
  incomingVoice: 'Incoming voice call',
  incomingVideo: 'Incoming video call',
  joining: 'Connecting…',
  connected: 'Connected',
  ended: 'Call ended',
  cancelled: 'Cancelled',
  declined: 'Declined',
  noAnswer: 'No answer',
  missed: 'Missed call',
  isOver: 'This call does not exist, or has ended',
  notJoined: 'The call could not be joined',
  mayStillRing: 'The service could not be told, so it may still be ringing',
  noMedia: 'This version carries no sound or picture yet',
  answer: 'Answer',
  reject: 'Decline',
  cancel: 'Cancel',
  hangUp: 'Hang up',
  cameraOn: 'Camera on',
  cameraOff: 'Camera off',
  back: 'Back',
};

/** The user's language, `zh` if the host does not say it. */
function language() {
  try {
    const info = wx.getAppBaseInfo ? wx.getAppBaseInfo() : wx.getSystemInfoSync();
    return /^zh|^$/i.test(info.language || '') ? 'zh' : 'en';
  } catch (error) {
    return 'zh';
  }
}

const words = (language) => (language === 'en' ? EN : ZH);

module.exports = { language, words };
