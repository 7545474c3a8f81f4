import { createHash } from "node:crypto";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";

/** Inputs or outputs of a resource in the form of the plugin protocol. */
export type Properties = Readonly<Record<string, JavaScriptValue>>;

const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const assetSignature = "c44067f5952c0a294b673a41bacd8c17";

/** A value that is not known before the update. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A secret value. */
export function secret(value: JavaScriptValue): JavaScriptValue {
    return { [signatureKey]: secretSignature, value };
}

/** A StringAsset. */
export function textAsset(text: string): JavaScriptValue {
    return { [signatureKey]: assetSignature, text, hash: createHash("sha256").update(text).digest("hex") };
}

/** The properties but one. */
export function without(name: string, properties: Properties): Properties {
    return Object.fromEntries(Object.entries(properties).filter(([key]) => key !== name));
}

/** Names of the top-level properties that are secret. */
export function secretsOf(properties: Properties): string[] {
    return Object.keys(properties)
        .filter((name) => isSecret(properties[name]))
        .sort();
}

function isSecret(value: JavaScriptValue | undefined): boolean {
    return isObject(value) && value[signatureKey] === secretSignature;
}

/** The value with all secrets in it opened. */
export function open(value: JavaScriptValue | undefined): JavaScriptValue | undefined {
    if (Array.isArray(value)) {
        return value.map((item: JavaScriptValue) => open(item) ?? null);
    }
    if (!isObject(value)) {
        return value;
    }
    if (isSecret(value)) {
        return open(value["value"]);
    }
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, open(item) ?? null]));
}

export function toStruct(properties: Properties): Struct {
    return Struct.fromJavaScript(properties);
}

export function fromStruct(struct: Struct | undefined): Properties {
    return struct?.toJavaScript() ?? {};
}

function isObject(value: JavaScriptValue | undefined): value is Record<string, JavaScriptValue> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
