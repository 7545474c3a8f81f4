import { closeSync, mkdirSync, openSync, statSync, writeSync } from "node:fs";
import { type SFTPWrapper, utils } from "ssh2";

const { STATUS_CODE } = utils.sftp;

/** Answers the SFTP requests that an upload consists of, on this computer's files. */
export function serveFiles(sftp: SFTPWrapper): void {
    const reply = (request: number, action: () => void): void => {
        try {
            action();
        } catch (error) {
            const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
            sftp.status(request, isMissing ? STATUS_CODE.NO_SUCH_FILE : STATUS_CODE.FAILURE);
        }
    };
    const done = (request: number): void => {
        sftp.status(request, STATUS_CODE.OK);
    };
    sftp.on("end", () => {
        sftp.end();
    });
    sftp.on("OPEN", (request, path) => {
        reply(request, () => {
            sftp.handle(request, Buffer.from([openSync(path, "w")]));
        });
    });
    sftp.on("WRITE", (request, handle, offset, data) => {
        reply(request, () => {
            writeSync(handle.readUInt8(), data, 0, data.length, offset);
            done(request);
        });
    });
    sftp.on("CLOSE", (request, handle) => {
        reply(request, () => {
            closeSync(handle.readUInt8());
            done(request);
        });
    });
    sftp.on("STAT", (request, path) => {
        reply(request, () => {
            const { mode, uid, gid, size } = statSync(path);
            sftp.attrs(request, { mode, uid, gid, size, atime: 0, mtime: 0 });
        });
    });
    sftp.on("MKDIR", (request, path) => {
        reply(request, () => {
            mkdirSync(path);
            done(request);
        });
    });
}
