import * as pulumi from "@pulumi/pulumi";
import { PrivateKey } from "@pulumi/tls";
import type { MachineSize } from "../../config/pools";
import { LocalScript } from "../remote/localScript";
import { Script } from "../remote/script";
import type { Machine, Role } from "./platform";

const localMachine = new Script("local-machine.sh");

/** The image that `npm start` builds. */
const machineImage = "pulumi-kubeadm/machine:bookworm";

/** A machine as it is to be. */
export interface LocalMachineSpec {
    readonly name: string;
    readonly role: Role;
    /** Name of the pool that it belongs to. */
    readonly pool: string;
    readonly address: string;
    readonly size: MachineSize;
    /** How often it was asked to be another machine; above 0, another number makes it anew. */
    readonly generation: number;
    /** The restore that the cluster's data began with; empty for none. Another one makes it anew. */
    readonly origin: string;
}

export interface LocalMachineArgs {
    readonly spec: LocalMachineSpec;
    /** `address:port:port` of what the computer itself reaches, or nothing. */
    readonly publish: string;
    readonly login: PrivateKey;
    readonly network: string;
    readonly clusterName: string;
    /** What the container waits for. */
    readonly dependsOn: readonly pulumi.Resource[];
}

/** A container with systemd and sshd. */
export class LocalMachine extends pulumi.ComponentResource {
    readonly machine: Machine;

    constructor(name: string, args: LocalMachineArgs, opts: pulumi.ComponentResourceOptions) {
        const { spec, publish } = args;
        super("kubeadm:platforms:LocalMachine", name, describe(args), opts);

        const hostKey = new PrivateKey(`${name}-host-key`, { algorithm: "ED25519" }, { parent: this });
        const container = new LocalScript(
            name,
            {
                script: localMachine,
                values: {
                    NODE: spec.name,
                    CLUSTER: args.clusterName,
                    NETWORK: args.network,
                    ADDRESS: spec.address,
                    IMAGE: machineImage,
                    PUBLISH: publish,
                    CPUS: spec.size.cpus ?? "",
                    MEMORY_MEBIBYTES: spec.size.memoryMebibytes ?? "",
                    HOST_KEY: hostKey.privateKeyOpenssh,
                    AUTHORIZED_KEY: args.login.publicKeyOpenssh,
                },
                triggers: [spec.address, publish, ...Object.entries(changes(spec)).map((entry) => entry.join(" "))],
            },
            { parent: this, dependsOn: [...args.dependsOn] },
        );
        this.machine = {
            name: spec.name,
            role: spec.role,
            pool: spec.pool,
            connection: {
                host: spec.address,
                user: "admin",
                privateKey: args.login.privateKeyOpenssh,
                hostKey: hostKey.publicKeyOpenssh.apply((key) => key.trim()),
                dialErrorLimit: 20,
            },
            address: pulumi.output(spec.address),
            identity: container.stdout,
            resource: container,
        };
        this.registerOutputs();
    }
}

/** What a preview shows of a machine. */
function describe({ spec, publish }: LocalMachineArgs): pulumi.Inputs {
    return { address: spec.address, publish, ...changes(spec) };
}

/** What makes it another machine when it changes, as far as there is any of it. */
function changes({ size, generation, origin }: LocalMachineSpec): Readonly<Record<string, number | string>> {
    return {
        ...size,
        ...(generation === 0 ? {} : { generation }),
        ...(origin === "" ? {} : { restore: origin }),
    };
}
