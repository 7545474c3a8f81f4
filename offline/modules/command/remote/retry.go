package remote

import (
	"context"
	"fmt"
	"strconv"
	"time"

	provider "github.com/pulumi/pulumi-go-provider"
)

const (
	firstDelay = 100 * time.Millisecond
	maxDelay   = 5 * time.Second
)

// retry calls attempt until it succeeds. After errorLimit errors the next one is final; -1 sets no limit.
func retry[T any](ctx context.Context, what string, errorLimit int, attempt func() (T, error)) (T, error) {
	limit := "inf"
	if errorLimit >= 0 {
		limit = strconv.Itoa(errorLimit)
	}
	delay := firstDelay
	for failures := 0; ; failures++ {
		result, err := attempt()
		if err == nil {
			return result, nil
		}
		if errorLimit >= 0 && failures >= errorLimit {
			return result, fmt.Errorf("after %d failed attempts: %w", failures, err)
		}
		provider.GetLogger(ctx).InfoStatusf("%s %d/%s failed: retrying", what, failures+1, limit)

		select {
		case <-ctx.Done():
			return result, fmt.Errorf("%w after %d failed attempts: %w", ctx.Err(), failures+1, err)
		case <-time.After(delay):
		}
		delay = min(delay*3/2, maxDelay)
	}
}
