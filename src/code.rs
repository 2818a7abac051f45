//! The table of error codes: the number, who raises the code, and, in English and Chinese, what it means, what usually
//! causes it and what to do about it.
//!
//! Numbers and meanings are those of the plugin's public error list; causes and remedies are this
//! project's own words. `docs/errors.md`, `explain` and the npm package's table are made from this one.

#[cfg(feature = "openapi")]
mod schema;

use serde::{Deserialize, Serialize};

/// The part of the system that raises a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RaisedBy {
    /// The room service raises it, after it has looked at its records.
    Backend,
    /// This module raises it, before or after it talked to the service.
    Plugin,
    /// The media layer raises it, when the room exists and a party tries to enter it.
    Join,
}

/// What a code means, in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// What the code means, in one phrase.
    pub meaning: &'static str,
    /// What usually causes it.
    pub cause: &'static str,
    /// What to do about it.
    pub remedy: &'static str,
}

/// A language in which the codes are explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
    En,
    /// Simplified Chinese.
    Zh,
}

macro_rules! codes {
    ($(
        $number:literal $name:ident $raised_by:ident
        en $en_meaning:literal $en_cause:literal $en_remedy:literal
        zh $zh_meaning:literal $zh_cause:literal $zh_remedy:literal
    )+) => {
        /// An error code of the contract.
        ///
        /// On the wire and in JavaScript it is its number.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(into = "u16", try_from = "u16")]
        pub enum Code {
            $(
                #[doc = concat!("`", $number, "`: ", $en_meaning, ".")]
                $name = $number,
            )+
        }

        impl Code {
            /// Every code, in the order of the numbers.
            pub const ALL: &'static [Code] = &[$(Code::$name),+];

            /// The code with this number, if the contract has one.
            #[must_use]
            pub const fn from_number(number: u16) -> Option<Code> {
                match number {
                    $($number => Some(Code::$name),)+
                    _ => None,
                }
            }

            /// The name of the code, which does not change; it is for logs and documentation.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Code::$name => stringify!($name),)+
                }
            }

            /// The part of the system that raises the code.
            #[must_use]
            pub const fn raised_by(self) -> RaisedBy {
                match self {
                    $(Code::$name => RaisedBy::$raised_by,)+
                }
            }

            /// The meaning, the usual cause and the remedy of the code.
            #[must_use]
            pub const fn explain(self, language: Language) -> Explanation {
                match (self, language) {
                    $(
                        (Code::$name, Language::En) => Explanation {
                            meaning: $en_meaning,
                            cause: $en_cause,
                            remedy: $en_remedy,
                        },
                        (Code::$name, Language::Zh) => Explanation {
                            meaning: $zh_meaning,
                            cause: $zh_cause,
                            remedy: $zh_remedy,
                        },
                    )+
                }
            }
        }
    };
}

codes! {
    1 RoomId Backend
    en "the roomId is wrong"
       "The room does not exist, has ended, or belongs to somebody else."
       "Use the roomId of the last successful call, and join it before the call ends."
    zh "roomId 错误"
       "房间不存在、已结束，或属于他人。"
       "使用最近一次成功呼叫返回的 roomId，并在通话结束前加入。"

    2 DeviceId Backend
    en "the device's SN is wrong"
       "No device with this SN is registered for this mini-program, or caller.id and listener.id are swapped."
       "Pass the SN with which the device was registered: as caller.id for businessType 1, as listener.id for businessType 2."
    zh "deviceId（设备 SN）错误"
       "该 SN 未在此小程序下注册，或 caller.id 与 listener.id 填反了。"
       "填写设备注册时使用的 SN：businessType 为 1 时填在 caller.id，为 2 时填在 listener.id。"

    3 VoipId Backend
    en "the face-payment user_id (voip_id) is wrong"
       "caller.id is not a user_id that the face-payment system knows for this mini-program."
       "Pass the user_id returned by the face-payment system as caller.id."
    zh "voip_id（刷脸支付用户 user_id）错误"
       "caller.id 不是此小程序下刷脸支付系统已知的 user_id。"
       "将刷脸支付系统返回的 user_id 填入 caller.id。"

    4 PaymentToken Backend
    en "the voipToken is wrong (businessType 0 or 3)"
       "The payment's voip_token has expired, was issued for another user_id, or is not a voip_token at all."
       "Fetch a new voip_token from the face-payment system for this user_id, right before the call."
    zh "voipToken 错误（businessType 为 0 或 3）"
       "刷脸支付的 voip_token 已过期、属于其他 user_id，或根本不是 voip_token。"
       "在呼叫前为该 user_id 重新向刷脸支付系统获取 voip_token。"

    5 CreateRoom Backend
    en "the room could not be created"
       "The service could not store the call, or the session token is missing, forged or expired."
       "Read errMsg. If it speaks of the session token, pass a fresh one to configure; otherwise try again and look at the service's log."
    zh "创建房间失败"
       "服务端无法保存通话，或会话 token 缺失、被篡改或已过期。"
       "查看 errMsg：若提到会话 token，请用 configure 传入新的 token；否则重试并查看服务端日志。"

    7 OpenIdFormat Backend
    en "the openId is malformed"
       "The value does not have the form of an openId: 28 characters, beginning with o. Often a unionId, an SN or a placeholder was passed."
       "Pass the openId that wx.login and the platform's code2Session return for this mini-program."
    zh "openId 格式错误"
       "传入的值不符合 openId 的格式（28 个字符，以 o 开头），常见原因是误传了 unionId、SN 或占位文本。"
       "传入本小程序通过 wx.login 与 code2Session 得到的 openId。"

    8 VoipScope Backend
    en "the user has not granted scope.voip"
       "For businessType 0 and 3 the listener must allow calls from this mini-program first."
       "Ask the listener to open the mini-program and grant scope.voip (wx.authorize)."
    zh "openId 对应的用户未授权 scope.voip"
       "businessType 为 0 或 3 时，接听方需要先允许本小程序的语音、视频通话。"
       "请接听方打开小程序并授权 scope.voip（wx.authorize）。"

    9 NotAuthorised Backend
    en "the user has not authorised the device, or is not a contact"
       "businessType 1 and 2: the user never confirmed wx.requestDeviceVoIP for this device, or withdrew it. businessType 0 and 3: the listener is not a contact of the user_id."
       "Let the user authorise the device in the mini-program: wx.requestDeviceVoIP with a fresh snTicket or, once it was withdrawn or refused, its settings (wx.openSetting). Or add the listener as a contact."
    zh "用户未授权该设备，或不是联系人"
       "businessType 为 1 或 2：用户未对该设备确认 wx.requestDeviceVoIP，或已取消授权。businessType 为 0 或 3：接听方不是该 user_id 的联系人。"
       "请用户在小程序内授权该设备：使用新的 snTicket 调用 wx.requestDeviceVoIP；曾拒绝或取消授权的，在小程序的设置页（wx.openSetting）中重新开启。或将接听方添加为联系人。"

    12 CapabilityNotApproved Backend
    en "the mini-program's audio/video capability is not approved yet"
       "The released version (miniprogramState formal) was used before the platform approved the capability. On a Linux device the platform says so, too, if its check of the device has failed."
       "Use miniprogramState developer or trial while developing, and apply for the capability before the release."
    zh "小程序音视频通话能力尚未审核通过，正式版不可用"
       "能力审核通过之前使用了正式版（miniprogramState 为 formal）。在 Linux 设备上，平台校验设备失败时也会返回此错误。"
       "开发阶段将 miniprogramState 设为 developer 或 trial，发布前先申请该能力。"

    13 DeviceToken Backend
    en "device to phone: the voipToken is wrong"
       "The deviceToken has expired, is missing or belongs to another device; or a device that was registered through WMPF passed one, which it must not. On a Linux device the platform says so, too, if its SN has changed."
       "SDK-registered devices: fetch a new deviceToken before each call. WMPF-registered devices: leave voipToken out."
    zh "设备呼叫手机：voipToken 错误"
       "deviceToken 已过期、未传或属于其他设备；或使用 WMPF 注册的设备传入了该字段（不允许）。在 Linux 设备上，SN 发生变化时也会返回此错误。"
       "使用设备认证 SDK 注册的设备：每次呼叫前重新获取 deviceToken。使用 WMPF 注册的设备：不要传 voipToken。"

    14 PushToken Backend
    en "phone to device: the voipToken is wrong"
       "The pushToken has expired, or belongs to another device."
       "Let the device fetch a new pushToken and pass it to the phone right before the call."
    zh "手机呼叫设备：voipToken 错误"
       "pushToken 已过期，或属于其他设备。"
       "由设备重新获取 pushToken，并在呼叫前传给手机端。"

    15 Arrears Backend
    en "the account is in arrears"
       "Neither minutes nor a license are left for this call."
       "Buy minutes for the mini-program, or a license for the device."
    zh "账户欠费"
       "已没有可用于本次通话的时长或 license。"
       "为小程序购买通话时长，或为设备购买 license。"

    17 TokenModel Backend
    en "the voipToken belongs to another modelId"
       "The token was issued for a device of another model than the one that this SN is registered with."
       "Request the token with the modelId of this device."
    zh "voipToken 与 modelId 不匹配"
       "该票据签发给了另一种型号的设备，与此 SN 注册的型号不一致。"
       "使用该设备的 modelId 重新获取票据。"

    19 OpenIdApp Backend
    en "the openId belongs to another appId"
       "An openId is valid in one mini-program only; this one was issued in another."
       "Use the openId that the user has in the mini-program that places the call."
    zh "openId 与 appId 不匹配"
       "openId 只在一个小程序内有效，传入的 openId 属于其他小程序。"
       "使用该用户在发起呼叫的小程序中的 openId。"

    20 OpenIdUnknown Backend
    en "the openId is not known"
       "No user has this openId, or caller.id and listener.id are swapped."
       "Check the openId: as listener.id for businessType 0, 1 and 3, as caller.id for businessType 2."
    zh "openId 无效"
       "没有用户使用该 openId，或 caller.id 与 listener.id 填反了。"
       "检查 openId：businessType 为 0、1、3 时填在 listener.id，为 2 时填在 caller.id。"

    22 ChargeType Backend
    en "the chargeType is invalid"
       "The value is neither duration nor license, or this kind of call cannot be billed that way."
       "Pass duration or license, and duration only where licenses are not supported."
    zh "chargeType 无效"
       "取值不是 duration 或 license，或该类型的通话不支持此计费方式。"
       "传入 duration 或 license；不支持 license 的场景只能使用 duration。"

    23 LicenseExpired Backend
    en "the device's license has expired"
       "The license that this device is billed by is past its end."
       "Renew the device's license."
    zh "设备 license 已过期"
       "该设备用于计费的 license 已到期。"
       "为该设备续费 license。"

    24 NoLicense Backend
    en "the device has no active license"
       "The call is billed by license, and no license was activated for this device; or the device was registered with the authentication SDK, and can no longer be billed by license."
       "Activate a license for the device, or have the call billed by duration: chargeType duration, or businessType 0 in place of 3."
    zh "设备没有激活的 license"
       "本次通话按 license 计费，但该设备未激活 license；或该设备使用设备认证 SDK 注册，不再支持按 license 计费。"
       "为该设备激活 license，或改为按时长计费：chargeType 为 duration，或用 businessType 0 代替 3。"

    1000 FetchDeviceToken Plugin
    en "fetching the deviceToken of a WMPF-registered device failed"
       "The host's getDeviceToken failed, gave no token, or did not answer in time: the device is not registered, or it is offline."
       "Look at errMsg, cause and errno; register the device, then try again."
    zh "获取 WMPF 注册设备的 deviceToken 失败"
       "宿主的 getDeviceToken 失败、未给出票据或未在时限内返回：设备未注册，或没有网络。"
       "查看 errMsg、cause 与 errno；完成设备注册后重试。"

    1001 VoipToken Plugin
    en "voipToken is empty or of the wrong type"
       "businessType 0, 2 and 3 need a voipToken, and it was missing, empty or not a string."
       "Pass the payment's voip_token (0, 3) or the device's pushToken (2) as a string."
    zh "voipToken 为空或类型错误"
       "businessType 为 0、2、3 时必须传 voipToken，但它缺失、为空或不是字符串。"
       "以字符串传入刷脸支付的 voip_token（0、3）或设备的 pushToken（2）。"

    1002 RequestFailed Plugin
    en "the request to the backend failed"
       "No network, no answer within the timeout, or an HTTP error from something between this host and the service."
       "Check endpoint in configure, the network and the host's list of allowed domains; errMsg and cause say what happened."
    zh "后台请求失败"
       "没有网络、超时未应答，或宿主与服务之间的某个环节返回了 HTTP 错误。"
       "检查 configure 中的 endpoint、网络以及宿主的合法域名列表；errMsg 和 cause 说明了具体原因。"

    1003 BadAnswer Plugin
    en "the backend's answer could not be parsed"
       "Something other than the room service answered, for example a login page or a proxy, or the service is of another version."
       "Open endpoint + /healthz in a browser; it must answer for the room service."
    zh "后台返回内容解析失败"
       "应答的不是房间服务（例如登录页或代理），或服务版本不一致。"
       "在浏览器中打开 endpoint + /healthz，应由房间服务应答。"

    1004 Parameter Plugin
    en "a parameter is wrong"
       "A field of the request is missing, is of the wrong type, or has a value that is not allowed."
       "errMsg lists every field with what was expected and what came; check(req) gives the same list without calling."
    zh "参数错误"
       "请求中的某个字段缺失、类型错误或取值超出范围。"
       "errMsg 列出了每个字段的期望值与实际值；check(req) 可在不发起呼叫的情况下得到同样的列表。"

    1005 Busy Plugin
    en "the plugin is busy with another call"
       "initByCaller, callWMPF or callDevice was called while an earlier call was still starting, or while a call was open on its page."
       "Wait for the earlier call's promise, or cancel that call with its signal. If a call is open, hang up first: hangUp() of its page, or forceHangUpVoip()."
    zh "插件正忙，已有通话在进行"
       "上一次呼叫尚未发起完成，或通话页上有通话时，再次调用了 initByCaller、callWMPF 或 callDevice。"
       "等待上一次呼叫的 Promise 完成，或用它的 signal 取消；通话页上有通话时，先用该页的 hangUp() 或 forceHangUpVoip() 挂断。"

    1006 DeviceOnly Plugin
    en "this call must be made in WMPF, on the device"
       "businessType 1 was used on the phone."
       "Place the call on the device, or use businessType 2 on the phone."
    zh "该呼叫只能在 WMPF（设备端）发起"
       "在手机端使用了 businessType 1。"
       "在设备端发起呼叫，或在手机端使用 businessType 2。"

    1007 PhoneOnly Plugin
    en "this call must be made in the WeChat client, on the phone"
       "businessType 2 was used on the device."
       "Place the call in WeChat, or use businessType 1 on the device."
    zh "该呼叫只能在微信客户端（手机端）发起"
       "在设备端使用了 businessType 2。"
       "在微信中发起呼叫，或在设备端使用 businessType 1。"

    1008 Interrupted Plugin
    en "the call was interrupted"
       "The caller cancelled the call while it was starting, by its signal or at the service, or the module's WebAssembly trapped."
       "errMsg says what interrupted it; call again."
    zh "呼叫被中断"
       "呼叫仍在发起时被拨打方取消（通过 signal 或在服务端），或模块的 WebAssembly 发生了 trap。"
       "errMsg 说明了中断原因；重新呼叫即可。"

    1011 Unsupported Plugin
    en "the platform does not support this"
       "The host has no WebAssembly or compiles none, or has neither wx.request nor fetch, or the wasm file could not be loaded."
       "errMsg says which: update the client or its base library, inject fetch or wx with configure, tell init where the wasm file is, or have it compiled ahead."
    zh "当前平台不支持"
       "宿主没有 WebAssembly 或不允许编译，或既没有 wx.request 也没有 fetch，或 wasm 文件加载失败。"
       "按 errMsg 处理：升级客户端或基础库，通过 configure 注入 fetch 或 wx，用 init 指定 wasm 文件的位置，或使用预先编译好的 wasm。"

    2000 JoinFailed Join
    en "joining the room failed"
       "A reason without a code of its own; errMsg has it."
       "Read errMsg and extErrMsg."
    zh "加入房间失败"
       "没有单独错误码的原因，见 errMsg。"
       "查看 errMsg 与 extErrMsg。"

    2001 JoinOtherMiniProgram Join
    en "another mini-program call is on"
       "The WeChat client is already in the call of a mini-program."
       "End the other call first."
    zh "正在进行其他小程序通话"
       "微信客户端已在另一个小程序的通话中。"
       "先结束另一个通话。"

    2002 JoinSdkReset Join
    en "the call SDK could not be reset"
       "An earlier call was not closed cleanly."
       "Wait a moment and join again; restart the client if that does not help."
    zh "通话 SDK 重置失败"
       "上一次通话没有正常关闭。"
       "稍后重试；若仍失败，请重启客户端。"

    2003 JoinSdkInit Join
    en "the call SDK could not be initialised"
       "The client could not start its audio/video engine."
       "Restart the client; look at extErrMsg."
    zh "通话 SDK 初始化失败"
       "客户端无法启动音视频引擎。"
       "重启客户端并查看 extErrMsg。"

    2004 JoinSdkJoin Join
    en "the call SDK could not join"
       "The audio/video engine refused to enter the room."
       "Look at extErrMsg and errType, then call again."
    zh "通话 SDK 加入房间失败"
       "音视频引擎拒绝进入房间。"
       "查看 extErrMsg 与 errType 后重新呼叫。"

    2005 JoinCallback Join
    en "the join callback reported a failure"
       "The room was closed, or its signature expired, while joining."
       "Call again."
    zh "加入房间的回调返回失败"
       "加入过程中房间已关闭，或签名已过期。"
       "重新呼叫。"

    2006 TalkCallback Join
    en "the talk callback reported a failure"
       "The connection for audio and video could not be established."
       "Check the network, then call again."
    zh "通话回调返回失败"
       "无法建立音视频连接。"
       "检查网络后重新呼叫。"

    2007 MediaDevice Join
    en "the microphone or the camera cannot be used"
       "It is missing, broken or taken by another program."
       "Free or connect the microphone, then call again; a call goes on without a camera."
    zh "音视频设备不可用"
       "设备不存在、损坏或被其他程序占用。"
       "释放或接入麦克风后重新呼叫；没有摄像头不影响通话。"

    2008 SessionKey Join
    en "the session_key is wrong"
       "The session_key that signs the room has expired."
       "Call wx.login again and renew the session on the backend."
    zh "session_key 错误"
       "用于房间签名的 session_key 已过期。"
       "重新调用 wx.login，并在后台更新会话。"

    2009 JoinCancelled Join
    en "joining was cancelled or the client went to the background"
       "The user left while the room was being joined."
       "Call again when the page is shown."
    zh "加入被取消或客户端进入后台"
       "加入房间过程中用户离开了。"
       "页面再次显示后重新呼叫。"

    2010 JoinRequest Join
    en "the join request failed"
       "The request for the room's signature did not succeed."
       "Check the network, then call again."
    zh "加入房间的请求失败"
       "获取房间签名的请求未成功。"
       "检查网络后重新呼叫。"

    2100 JoinOtherCall Join
    en "a friend's call or a phone call is on"
       "The system or WeChat is already in another call."
       "End the other call first."
    zh "正在进行好友通话或电话"
       "系统或微信已在另一个通话中。"
       "先结束另一个通话。"

    2102 DevicePermission Join
    en "the microphone or the camera is not permitted"
       "The user or the system refused access to it."
       "Ask the user to allow it in the settings."
    zh "没有麦克风或摄像头权限"
       "用户或系统拒绝了访问。"
       "请用户在设置中允许。"

    2103 ApiPermission Join
    en "the API is not permitted"
       "The mini-program may not use the platform's call API."
       "Apply for the capability in the platform's console."
    zh "没有接口权限"
       "小程序没有使用通话接口的权限。"
       "在平台后台申请该能力。"

    2104 JoinBackend Join
    en "the backend had other trouble while joining"
       "The platform's backend failed without a code of its own."
       "Call again; report extErrMsg if it fails again."
    zh "加入房间时后台发生其他错误"
       "平台后台出现没有单独错误码的故障。"
       "重新呼叫；若仍失败，请反馈 extErrMsg。"
}

impl Code {
    /// The number of the code, as developers see it.
    #[must_use]
    pub const fn number(self) -> u16 {
        self as u16
    }
}

impl From<Code> for u16 {
    fn from(code: Code) -> u16 {
        code.number()
    }
}

impl TryFrom<u16> for Code {
    type Error = UnknownCode;

    fn try_from(number: u16) -> Result<Code, UnknownCode> {
        Code::from_number(number).ok_or(UnknownCode(number))
    }
}

/// A number that is not a code of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("errcode {0} is not one that this version knows")]
pub struct UnknownCode(pub u16);

#[cfg(test)]
mod tests {
    use super::*;

    /// The documented numbers, copied by hand, so that an edit of the table above cannot change them unnoticed.
    const NUMBERS: [u16; 43] = [
        1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 14, 15, 17, 19, 20, 22, 23, 24, 1000, 1001, 1002, 1003,
        1004, 1005, 1006, 1007, 1008, 1011, 2000, 2001, 2002, 2003, 2004, 2005, 2006, 2007, 2008,
        2009, 2010, 2100, 2102, 2103, 2104,
    ];

    #[test]
    fn the_table_has_the_documented_numbers_and_no_other() {
        let numbers: Vec<u16> = Code::ALL.iter().map(|code| code.number()).collect();
        assert_eq!(numbers, NUMBERS);
    }

    #[test]
    fn a_number_leads_back_to_its_code() {
        for &code in Code::ALL {
            assert_eq!(Code::from_number(code.number()), Some(code));
        }
        assert_eq!(Code::from_number(6), None);
        assert_eq!(Code::try_from(21), Err(UnknownCode(21)));
    }

    #[test]
    fn who_raises_a_code_follows_from_its_range() {
        for &code in Code::ALL {
            let expected = match code.number() {
                0..=999 => RaisedBy::Backend,
                1000..=1999 => RaisedBy::Plugin,
                2000.. => RaisedBy::Join,
            };
            assert_eq!(code.raised_by(), expected, "{code:?}");
        }
    }

    #[test]
    fn every_code_is_explained_in_its_own_words_in_both_languages() {
        for language in [Language::En, Language::Zh] {
            let mut meanings = Vec::new();
            for &code in Code::ALL {
                let text = code.explain(language);
                assert!(!meanings.contains(&text.meaning), "{code:?} repeats another");
                for part in [text.meaning, text.cause, text.remedy] {
                    let chinese = part.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
                    assert_eq!(chinese, language == Language::Zh, "{code:?}: {part}");
                }
                meanings.push(text.meaning);
            }
        }
    }

    #[test]
    fn on_the_wire_a_code_is_its_number() {
        assert_eq!(serde_json::to_string(&Code::NotAuthorised).unwrap(), "9");
        assert_eq!(serde_json::from_str::<Code>("2104").unwrap(), Code::JoinBackend);
        let error = serde_json::from_str::<Code>("99").unwrap_err().to_string();
        assert!(error.contains("errcode 99"), "{error}");
    }
}
