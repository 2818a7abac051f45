import { View } from '@tarojs/components';
import wmpfVoip, * as module from 'wmpf-voip/miniprogram';

// The test's platform takes what a page imported.
wx.imported({ wmpfVoip, module });

export default () => <View />;
