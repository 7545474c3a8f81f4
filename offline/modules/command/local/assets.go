package local

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gobwas/glob"
	"github.com/pulumi/pulumi-go-provider/infer/types"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// findAssets returns the files below dir that the rules include, by their path below dir. The last rule that matches
// a file decides.
func findAssets(dir string, rules []string) (map[string]*types.AssetOrArchive, error) {
	root, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	isIncluded, err := compileRules(rules)
	if err != nil {
		return nil, err
	}
	assets := map[string]*types.AssetOrArchive{}
	err = fs.WalkDir(os.DirFS(root), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !isIncluded(path) {
			return err
		}
		asset, err := resource.NewPathAsset(filepath.Join(root, path))
		assets[path] = &types.AssetOrArchive{Asset: asset}
		return err
	})
	return assets, err
}

// findArchive returns the files that findAssets finds as one archive.
func findArchive(dir string, rules []string) (*resource.Archive, error) {
	assets, err := findAssets(dir, rules)
	if err != nil {
		return nil, err
	}
	members := map[string]any{}
	for path, asset := range assets {
		members[path] = asset.Asset
	}
	return resource.NewAssetArchive(members)
}

func compileRules(rules []string) (isIncluded func(path string) bool, err error) {
	globs := make([]glob.Glob, len(rules))
	for i, rule := range rules {
		if globs[i], err = glob.Compile(strings.TrimPrefix(rule, "!"), '/'); err != nil {
			return nil, err
		}
	}
	return func(path string) bool {
		for i := len(rules) - 1; i >= 0; i-- {
			if globs[i].Match(path) {
				return !strings.HasPrefix(rules[i], "!")
			}
		}
		return false
	}, nil
}
