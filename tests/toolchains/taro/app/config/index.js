const DIST = 'node_modules/wmpf-voip/miniprogram_dist';

module.exports = {
  projectName: 'consumer',
  designWidth: 750,
  deviceRatio: { 750: 1 },
  sourceRoot: 'src',
  outputRoot: 'dist',
  framework: 'react',
  compiler: { type: 'webpack5', prebundle: { enable: false } },
  plugins: ['@tarojs/plugin-framework-react', '@tarojs/plugin-platform-weapp'],
  copy: {
    patterns: ['wmpf_voip_bg.wasm', 'wmpf_voip_bg.wasm.br'].map((name) => ({
      from: `${DIST}/${name}`,
      to: `dist/wasm/${name}`,
    })),
  },
};
