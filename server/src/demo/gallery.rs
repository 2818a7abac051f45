//! A call for each error that the service can give: the mistakes that developers make, ready to be tried.

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use wmpf_voip::code::Code;

use super::{APP, DOORBELL, DOORBELL_MODEL, Issuer, USER};
use crate::domain::tokens::IssueError;
use wmpf_voip_calls::party::Role;
use wmpf_voip_calls::ticket::Ticket;

const APP_UNAPPROVED: &str = "wxde00000000000002";
const APP_IN_ARREARS: &str = "wxde00000000000003";
const PANEL_MODEL: &str = "DEMO_MODEL_PANEL";
const TV: &str = "DEMO-TV-01";
const TV_EXPIRED: &str = "DEMO-TV-EXPIRED";
const STUDENT: &str = "demo-student";

/// A call that fails.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Scenario {
    /// The code that it fails with.
    #[schema(value_type = u16)]
    err_code: Code,
    /// The caller's session token.
    token: String,
    /// Where the request is posted, if it is none of initByCaller.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'static str>,
    /// The req, or the body.
    #[schema(value_type = Object)]
    request: Value,
    /// What is wrong.
    title: Title,
}

/// A line in both languages.
#[derive(Serialize, ToSchema)]
struct Title {
    en: &'static str,
    zh: &'static str,
}

/// All scenarios, in the order of their codes.
pub(super) fn scenarios(issuer: &Issuer<'_>) -> Result<Vec<Scenario>, IssueError> {
    let expired = issuer.expired();
    let doorbell = issuer.session(APP, Role::Device, DOORBELL)?;
    let alice = issuer.session(APP, Role::Phone, USER)?;
    let student = issuer.session(APP, Role::Device, STUDENT)?;
    let device_token = issuer.ticket(Ticket::Device, DOORBELL, Some(DOORBELL_MODEL))?;
    let push_token = issuer.ticket(Ticket::Push, DOORBELL, Some(DOORBELL_MODEL))?;
    let voip_token = issuer.ticket(Ticket::Payment, STUDENT, None)?;
    let student_call = |business_type, user_id: &str| -> Result<(String, Value), IssueError> {
        let token = issuer.ticket(Ticket::Payment, user_id, None)?;
        let session = issuer.session(APP, Role::Device, user_id)?;
        Ok((session, call(business_type, user_id, USER, Some(&token))))
    };
    let panel_call = |app_id, sn, open_id| -> Result<(String, Value), IssueError> {
        let token = issuer.ticket_of(app_id, Ticket::Device, sn, Some(PANEL_MODEL))?;
        Ok((issuer.session(app_id, Role::Device, sn)?, call(1, sn, open_id, Some(&token))))
    };

    let mut all = Vec::new();
    let mut add = |err_code, token: &str, request, en, zh| {
        all.push(scenario(err_code, token, request, en, zh))
    };

    add(
        Code::DeviceId,
        &issuer.session(APP, Role::Device, "DEMO-NOBODY")?,
        call(1, "DEMO-NOBODY", USER, Some(&device_token)),
        "The calling device is not registered",
        "拨打方设备未注册",
    );
    add(
        Code::DeviceId,
        &doorbell,
        call(1, USER, DOORBELL, Some(&device_token)),
        "Caller and listener are swapped",
        "caller 与 listener 填反了",
    );
    add(
        Code::DeviceId,
        &alice,
        call(2, USER, "DEMO-NOBODY", Some(&push_token)),
        "The called device is not registered",
        "被叫设备未注册",
    );
    let (session, request) = student_call(0, "demo-nobody")?;
    add(
        Code::VoipId,
        &session,
        request,
        "The face-payment system does not know the user_id",
        "刷脸支付系统中没有该 user_id",
    );
    add(
        Code::PaymentToken,
        &student,
        call(0, STUDENT, USER, Some(&expired.ticket(Ticket::Payment, STUDENT, None)?)),
        "The payment's voip_token has expired",
        "刷脸支付的 voip_token 已过期",
    );
    add(
        Code::CreateRoom,
        &expired.session(APP, Role::Device, DOORBELL)?,
        call(1, DOORBELL, USER, Some(&device_token)),
        "The session token has expired",
        "会话 token 已过期",
    );
    add(
        Code::OpenIdFormat,
        &doorbell,
        call(1, DOORBELL, "alice", Some(&device_token)),
        "The listener's id is not an openId",
        "接听方 id 不是 openId",
    );
    add(
        Code::VoipScope,
        &student,
        call(0, STUDENT, "oDemo-NoScope-00000000000000", Some(&voip_token)),
        "The listener has not granted scope.voip",
        "接听方未授权 scope.voip",
    );
    add(
        Code::NotAuthorised,
        &doorbell,
        call(1, DOORBELL, "oDemo-Withdrew-0000000000000", Some(&device_token)),
        "The user withdrew the authorisation of the device",
        "用户取消了对设备的授权",
    );
    add(
        Code::NotAuthorised,
        &student,
        call(0, STUDENT, "oDemo-NoContact-000000000000", Some(&voip_token)),
        "The listener is not a contact",
        "接听方不是联系人",
    );
    let (session, request) =
        panel_call(APP_UNAPPROVED, "DEMO-PANEL-02", "oDemo-Unapproved-00000000000")?;
    add(
        Code::CapabilityNotApproved,
        &session,
        request,
        "The released mini-program calls before its capability is approved",
        "能力未审核通过时使用正式版呼叫",
    );
    add(
        Code::DeviceToken,
        &doorbell,
        call(1, DOORBELL, USER, None),
        "An SDK-registered device passes no deviceToken",
        "SDK 注册的设备未传 deviceToken",
    );
    add(
        Code::DeviceToken,
        &doorbell,
        call(
            1,
            DOORBELL,
            USER,
            Some(&expired.ticket(Ticket::Device, DOORBELL, Some(DOORBELL_MODEL))?),
        ),
        "The deviceToken has expired",
        "deviceToken 已过期",
    );
    add(
        Code::DeviceToken,
        &issuer.session(APP, Role::Device, TV)?,
        call(1, TV, USER, Some(&device_token)),
        "A WMPF-registered device passes a deviceToken",
        "WMPF 注册的设备传入了 deviceToken",
    );
    add(
        Code::PushToken,
        &alice,
        call(2, USER, DOORBELL, Some(&device_token)),
        "A deviceToken was passed where the pushToken belongs",
        "应传 pushToken 却传入了 deviceToken",
    );
    add(
        Code::PushToken,
        &alice,
        call(
            2,
            USER,
            DOORBELL,
            Some(&expired.ticket(Ticket::Push, DOORBELL, Some(DOORBELL_MODEL))?),
        ),
        "The pushToken has expired",
        "pushToken 已过期",
    );
    let (session, request) =
        panel_call(APP_IN_ARREARS, "DEMO-PANEL-03", "oDemo-NoMinutes-000000000000")?;
    add(Code::Arrears, &session, request, "No minutes are left", "时长已用完");
    add(
        Code::TokenModel,
        &doorbell,
        call(1, DOORBELL, USER, Some(&issuer.ticket(Ticket::Device, DOORBELL, Some(PANEL_MODEL))?)),
        "The deviceToken was issued for another modelId",
        "deviceToken 属于其他 modelId",
    );
    add(
        Code::OpenIdApp,
        &doorbell,
        call(1, DOORBELL, "oDemo-OtherApp-0000000000000", Some(&device_token)),
        "The openId belongs to another mini-program",
        "openId 属于其他小程序",
    );
    add(
        Code::OpenIdUnknown,
        &doorbell,
        call(1, DOORBELL, "oDemo-Nobody-000000000000000", Some(&device_token)),
        "No user has this openId",
        "没有用户使用该 openId",
    );
    add(
        Code::LicenseExpired,
        &issuer.session(APP, Role::Device, TV_EXPIRED)?,
        call(1, TV_EXPIRED, USER, None),
        "The device's license has expired",
        "设备 license 已过期",
    );
    let (session, request) = student_call(3, "demo-student-expired")?;
    add(
        Code::LicenseExpired,
        &session,
        request,
        "The license of the face-payment device has expired",
        "刷脸设备的 license 已过期",
    );
    let (session, request) = student_call(3, "demo-student-unlicensed")?;
    add(
        Code::NoLicense,
        &session,
        request,
        "No license was activated for the face-payment device",
        "刷脸设备没有激活 license",
    );
    all.push(Scenario {
        path: Some("/v1/calls/no-such-room/signals"),
        ..scenario(
            Code::RoomId,
            &alice,
            json!({"type": "join", "device": "demo"}),
            "A party joins a room that does not exist",
            "加入不存在的房间",
        )
    });
    let wmpf_call = |charge_type| {
        json!({
            "roomType": "video",
            "sn": DOORBELL,
            "modelId": DOORBELL_MODEL,
            "pushToken": push_token,
            "nickName": "Alice",
            "chargeType": charge_type,
        })
    };
    all.push(Scenario {
        path: Some("/v1/wmpf-calls"),
        ..scenario(
            Code::NoLicense,
            &alice,
            wmpf_call("license"),
            "A device that was registered with the SDK is to be billed by license",
            "SDK 注册的设备按 license 计费",
        )
    });
    all.push(Scenario {
        path: Some("/v1/wmpf-calls"),
        ..scenario(
            Code::ChargeType,
            &alice,
            wmpf_call("free"),
            "callWMPF asks for a kind of billing that does not exist",
            "callWMPF 的 chargeType 不是 duration 或 license",
        )
    });
    all.sort_by_key(|scenario| scenario.err_code.number());
    Ok(all)
}

fn scenario(
    err_code: Code,
    token: &str,
    request: Value,
    en: &'static str,
    zh: &'static str,
) -> Scenario {
    Scenario { err_code, token: token.into(), path: None, request, title: Title { en, zh } }
}

fn call(business_type: u8, caller: &str, listener: &str, voip_token: Option<&str>) -> Value {
    let mut request = json!({
        "roomType": "video",
        "businessType": business_type,
        "caller": { "id": caller },
        "listener": { "id": listener },
    });
    if let Some(token) = voip_token {
        request["voipToken"] = token.into();
    }
    request
}
