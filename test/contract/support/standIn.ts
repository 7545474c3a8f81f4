import { appendFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { anyVpc, awsResults } from "../../support/awsOutputs";

/** Where the stand-in finds the newest image and when to kill the engine, and notes what it makes and ends. */
const folder = process.env.AWS_STAND_IN ?? "";
const engine = process.ppid;

/** Inputs of which another value makes another resource, by type; as AWS has it. */
const forcesNew: Readonly<Record<string, readonly string[]>> = {
    "aws:ec2/instance:Instance": ["ami", "primaryNetworkInterface", "subnetId", "userData"],
    "aws:lb/targetGroupAttachment:TargetGroupAttachment": ["targetId"],
    "command:local:Command": ["triggers"],
    "command:remote:Command": ["triggers"],
};

type Values = Readonly<Record<string, unknown>>;

/** Takes every resource for made, so that the engine can be asked what it would do. Knows nothing of AWS, nor of SSH. */
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
        const said = { stdout: "", stderr: "" };
        return Promise.resolve({
            id: `${name}-${process.pid}-${number}`,
            outs: { ...outs, ...said, privateIp: `10.0.0.${number}`, ...inputs },
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

/** The line at which the engine is killed. */
const killer = join(folder, "kill");

function typeOf(urn: string): string {
    return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

function note(what: string, urn: string): string {
    const name = urn.split("::").at(-1) ?? "";
    const line = `${what} ${typeOf(urn).split(":").at(-1) ?? ""} ${name}`;
    appendFileSync(join(folder, "log"), `${line}\n`);
    if (existsSync(killer) && readFileSync(killer, "utf8") === line) {
        rmSync(killer);
        process.kill(engine, "SIGKILL");
    }
    return name;
}

const [plugin = "", ...rest] = process.argv.slice(2);
const version = readFileSync(join(__dirname, "../../../node_modules/@pulumi", plugin, "package.json"), "utf8");
// An engine that is killed leaves its plugins, and nobody who reads their words: Node would tell of that for ever.
process.stderr.on("error", () => process.exit());
setInterval(() => process.ppid === engine || process.exit(), 1000).unref();
pulumi.provider.main(new StandIn(/"version": "(.*)"/.exec(version)?.[1] ?? ""), rest).catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
});
