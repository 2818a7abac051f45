import { View } from '@tarojs/components';
import wmpfVoip, * as module from 'wmpf-voip';

wx.imported({ wmpfVoip, module });

export default () => <View />;
