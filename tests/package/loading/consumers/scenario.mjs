// What every consumer does with the package, whichever way it got it: the documented sample against the
// real service, and one failure of each kind. The report is plain data, so that it can leave a browser.

/**
 * @param {typeof import('wmpf-voip')} module
 * @param {{ endpoint: string, closed: string, silent: string, loginPage: string, handsets: any }} hosts
 */
export async function runScenario(module, hosts) {
  const { configure, VoipError, VoipCgiError, VoipPluginError } = module;
  const wmpfVoip = module.default;
  const { device, phone } = hosts.handsets;

  /** How a call ended: with which object or error, and what the platform's functions were told. */
  async function call(configuration, changes) {
    configure({ endpoint: hosts.endpoint, token: device.token, timeout: 10_000, ...configuration });
    const told = [];
    const wx = {
      redirectTo: ({ url }) => told.push(`redirectTo ${url}`),
      showToast: ({ title, icon }) => told.push(`showToast ${title} ${icon}`),
    };
    const request = {
      caller: { id: device.id, name: '拨打方名字' },
      listener: { id: phone.id, name: '接听方名字' },
      roomType: 'video',
      businessType: 1,
      voipToken: device.deviceToken,
      miniprogramState: 'developer',
      ...changes,
    };
    const outcome = {};
    const started = Date.now();
    // The documentation's sample, with its two comments left out and its promise looked at.
    try {
      const promise = wmpfVoip.initByCaller(request);
      promise.then(
        (result) => (outcome.resolved = described(result)),
        (error) => (outcome.rejected = described(error)),
      );
      const { isSuccess } = await promise;

      if (isSuccess) {
        wx.redirectTo({
          url: wmpfVoip.CALL_PAGE_PATH,
        });
      } else {
        wx.showToast({
          title: '呼叫失败',
          icon: 'error',
        });
      }
    } catch (e) {
      wx.showToast({
        title: '呼叫失败',
        icon: 'error',
      });
    }
    return { ...outcome, told, ms: Date.now() - started };
  }

  function described(value) {
    if (value instanceof Error) return describedError(value);
    const { errObj, ...rest } = value;
    return errObj === undefined ? rest : { ...rest, errObj: describedError(errObj) };
  }

  function describedError(error) {
    return {
      name: error.name,
      message: error.message,
      errMsg: error.errMsg,
      errCode: error.errCode,
      isError: error instanceof Error,
      isVoipError: error instanceof VoipError,
      isCgiError: error instanceof VoipCgiError,
      isPluginError: error instanceof VoipPluginError,
      hasStack: typeof error.stack === 'string',
    };
  }

  return {
    afterImport: globalThis.sideEffects?.(),
    success: await call(),
    parameterError: await call({}, { roomType: 'phone', listener: { id: '' }, timeLimit: 0 }),
    tokenMissing: await call(
      { token: phone.token },
      { businessType: 2, caller: { id: phone.id }, listener: { id: device.id }, voipToken: '' },
    ),
    backendError: await call({}, { listener: { id: 'oDemo-Nobody-000000000000000' } }),
    unreachable: await call({ endpoint: hosts.closed, timeout: 5_000 }),
    noAnswer: await call({ endpoint: hosts.silent, timeout: 200 }),
    notJson: await call({ endpoint: hosts.loginPage }),
    // Nothing of the above has broken the module.
    successAgain: await call(),
    atEnd: globalThis.sideEffects?.(),
  };
}
