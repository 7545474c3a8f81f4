import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { anyVpc, awsResults } from "../../support/awsOutputs";

/** Where the stand-in finds the newest image, and notes what it makes and ends. */
const folder = process.env.AWS_STAND_IN ?? "";

/** Inputs of which another value makes another resource, by type; as AWS has it. */
const forcesNew: Readonly<Record<string, readonly string[]>> = {
    "aws:ec2/instance:Instance": ["ami", "subnetId", "userData"],
    "aws:lb/targetGroupAttachment:TargetGroupAttachment": ["targetId"],
};

type Values = Readonly<Record<string, unknown>>;

/** Takes every resource of AWS for made, so that the engine can be asked what it would do. Knows nothing of AWS itself. */
class StandIn implements pulumi.provider.Provider {
    private made = 0;

    constructor(readonly version: string) {}

    check(_urn: pulumi.URN, _olds: Values, news: Values): Promise<pulumi.provider.CheckResult> {
        return Promise.resolve({ inputs: news });
    }

    diff(_id: pulumi.ID, urn: pulumi.URN, olds: Values, news: Values): Promise<pulumi.provider.DiffResult> {
        const changed = Object.keys(news).filter(
            (key) => !key.startsWith("__") && JSON.stringify(olds[key]) !== JSON.stringify(news[key]),
        );
        const replaces = changed.filter((key) => forcesNew[typeOf(urn)]?.includes(key));
        return Promise.resolve({ changes: changed.length > 0, replaces });
    }

    create(urn: pulumi.URN, inputs: Values): Promise<pulumi.provider.CreateResult> {
        this.made += 1;
        const name = note("make", urn);
        const number = String(this.made);
        const outs = { arn: `arn:${name}`, dnsName: `${name}.elb`, zoneId: "Z1", name, publicIp: "198.51.100.7" };
        return Promise.resolve({
            id: `${name}-${process.pid}-${number}`,
            outs: { ...outs, privateIp: `10.0.0.${number}`, ...inputs },
        });
    }

    update(_id: pulumi.ID, urn: pulumi.URN, olds: Values, news: Values): Promise<pulumi.provider.UpdateResult> {
        note("change", urn);
        return Promise.resolve({ outs: { ...olds, ...news } });
    }

    delete(_id: pulumi.ID, urn: pulumi.URN): Promise<void> {
        note("end", urn);
        return Promise.resolve();
    }

    invoke(token: string, inputs: Values): Promise<pulumi.provider.InvokeResult> {
        const image = () => ({ value: readFileSync(join(folder, "image"), "utf8") });
        const answer = awsResults({ ...anyVpc, "aws:ssm/getParameter:getParameter": image });
        return Promise.resolve({ outputs: answer({ token, inputs }) });
    }
}

function typeOf(urn: string): string {
    return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

function note(what: string, urn: string): string {
    const name = urn.split("::").at(-1) ?? "";
    appendFileSync(join(folder, "log"), `${what} ${typeOf(urn).split(":").at(-1) ?? ""} ${name}\n`);
    return name;
}

const version = readFileSync(join(__dirname, "../../../node_modules/@pulumi/aws/package.json"), "utf8");
pulumi.provider
    .main(new StandIn(/"version": "(.*)"/.exec(version)?.[1] ?? ""), process.argv.slice(2))
    .catch((error: unknown) => {
        console.error(error);
        process.exitCode = 1;
    });
