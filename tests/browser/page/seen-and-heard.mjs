// What arrives at a handset, as its page shows and plays it.

/** What a video element shows changes. Gives the width of its picture. */
export const pictureChanges = (video) =>
  video.evaluate(async (node) => {
    const pixels = () => {
      const context = new OffscreenCanvas(64, 48).getContext('2d');
      context.drawImage(node, 0, 0, 64, 48);
      return context.getImageData(0, 0, 64, 48).data;
    };
    const end = performance.now() + 10_000;
    const first = pixels();
    while (pixels().every((value, index) => value === first[index])) {
      if (performance.now() > end) throw new Error(`the picture of #${node.id} stands still`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return node.videoWidth;
  });

/** How loud what a video element plays is at its loudest, for as long as a fake microphone needs to beep twice. */
export const loudness = (video) =>
  video.evaluate(async (node) => {
    const context = new AudioContext();
    await context.resume();
    // A call is connected before its sound has come.
    for (let tries = 0; !node.srcObject && tries < 100; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 100));
    const analyser = new AnalyserNode(context);
    context.createMediaStreamSource(node.srcObject).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const end = performance.now() + 2_500;
    let loudest = 0;
    while (performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      analyser.getFloatTimeDomainData(samples);
      loudest = Math.max(loudest, ...samples.map(Math.abs));
    }
    await context.close();
    return loudest;
  });

/** Quieter than any voice; what a decoder makes of silence is far below. */
export const SILENCE = 1e-3;
