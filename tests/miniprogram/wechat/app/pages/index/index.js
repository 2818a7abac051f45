import wmpfVoip, * as module from 'wmpf-voip';

const required = require('wmpf-voip');

Page({
  onLoad() {
    return { wmpfVoip, module, required };
  },
});
