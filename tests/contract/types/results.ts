// What callers look at of a result before they know what it is, as JavaScript lets them. It has to compile in every project.
import wmpfVoip from 'wmpf-voip';
import type { BindContactQuery, DeviceCallRequest, WmpfCallRequest } from 'wmpf-voip';
import type { InitByCallerFailure, InitByCallerRequest, InitByCallerSuccess, VoipError } from 'wmpf-voip';

declare const request: InitByCallerRequest;
declare function use(...values: unknown[]): void;

export async function takenApart() {
  const { isSuccess, errCode } = await wmpfVoip.initByCaller(request);
  if (!isSuccess) use(errCode);
  const { roomId, groupId, chargeType, errMsg, errObj, error, message } = await wmpfVoip.initByCaller(request);
  const room: string | undefined = roomId ?? groupId;
  const code: string | undefined = error?.err_code;
  const billing: 'duration' | 'license' | undefined = chargeType;
  const said: Array<string | undefined> = [errMsg, message, errObj?.errMsg];
  use(room, code, billing, said);
}

export async function thrownOrReturned(): Promise<string> {
  const { isSuccess, roomId, groupId, chargeType, errCode, errMsg, errObj, error, message } = await wmpfVoip
    .initByCaller(request)
    .catch((thrown: VoipError) => thrown);
  use(groupId, chargeType, error, message, errObj?.errno);
  return isSuccess ? `${roomId}` : `${errCode}: ${errMsg}`;
}

export async function told(): Promise<string> {
  const result = await wmpfVoip.initByCaller(request).catch((error: VoipError) => error);
  if (result.isSuccess) return result.roomId + result.groupId + result.chargeType;
  return result.errMsg + result.errCode.toFixed() + result.error.err_code + result.message;
}

export async function ofTheOtherApis(call: WmpfCallRequest, device: DeviceCallRequest, query: BindContactQuery) {
  const caught = (thrown: VoipError) => thrown;
  const { roomId, errCode, errMsg } = await wmpfVoip.callWMPF(call).catch(caught);
  const placed = await wmpfVoip.callDevice(device).catch(caught);
  const list = await wmpfVoip.getIotBindContactList(query).catch(caught);
  const { contact_list, errCode: code } = list;
  use(roomId, errCode, errMsg, placed.roomId ?? placed.errCode, contact_list?.[0]?.status ?? code);
}

// Each case by itself is what it was.
export const success: InitByCallerSuccess = { isSuccess: true, roomId: 'r', groupId: 'r', chargeType: 'duration' };
declare const failure: InitByCallerFailure;
export const code: number = failure.errCode;

// @ts-expect-error a success has no such code
export const wrong: InitByCallerSuccess = { ...success, errCode: 9 };
// @ts-expect-error nor is there anything else
failure.roomID;
