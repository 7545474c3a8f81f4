package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/pkg/sftp"
)

func (i *CopyToRemoteInputs) upload(ctx context.Context) error {
	client, err := i.Connection.dial(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	defer context.AfterFunc(ctx, client.Close)()

	files, err := sftp.NewClient(client.Client, sftp.UseConcurrentWrites(true))
	if err != nil {
		return err
	}
	to := uploader{files}

	switch {
	case i.Source.Archive != nil:
		return to.copyPath(i.Source.Archive.Path, i.RemotePath)
	case i.Source.Asset.IsText():
		return to.copyText(i.Source.Asset.Text, i.RemotePath)
	default:
		return to.copyPath(i.Source.Asset.Path, i.RemotePath)
	}
}

// uploader writes files on another machine.
type uploader struct {
	*sftp.Client
}

func (u uploader) copyText(text, to string) error {
	isDir, err := u.isDir(to)
	if err != nil {
		return err
	}
	if isDir {
		return fmt.Errorf("remote path %s is a directory: a text needs the path of a file", to)
	}
	return u.write(strings.NewReader(text), to)
}

// copyPath copies a file or a directory into to, if to is a directory, else under the name to. The contents of a
// directory whose path ends in a slash are copied instead of the directory.
func (u uploader) copyPath(from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	isInto, err := u.isDir(to)
	if err != nil {
		return err
	}
	if (isInto || info.IsDir()) && !strings.HasSuffix(from, "/") {
		to = path.Join(to, filepath.Base(from))
	}
	if !info.IsDir() {
		return u.copyFile(from, to)
	}
	return fs.WalkDir(os.DirFS(from), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			return u.makeDir(path.Join(to, name))
		default:
			return u.copyFile(filepath.Join(from, name), path.Join(to, name))
		}
	})
}

func (u uploader) copyFile(from, to string) error {
	file, err := os.Open(from)
	if err != nil {
		return err
	}
	defer file.Close()
	return u.write(file, to)
}

func (u uploader) write(content io.Reader, to string) error {
	if err := u.makeDir(path.Dir(to)); err != nil {
		return err
	}
	file, err := u.Create(to)
	if err != nil {
		return fmt.Errorf("failed to create remote file %s: %w", to, err)
	}
	_, err = file.ReadFrom(content)
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("failed to write remote file %s: %w", to, err)
	}
	return nil
}

func (u uploader) makeDir(dir string) error {
	if err := u.MkdirAll(dir); err != nil {
		return fmt.Errorf("failed to create remote directory %s: %w", dir, err)
	}
	return nil
}

func (u uploader) isDir(path string) (bool, error) {
	info, err := u.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("failed to stat remote path %s: %w", path, err)
	}
	return info.IsDir(), nil
}
