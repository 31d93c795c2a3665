// SPDX-License-Identifier: Apache-2.0

// The story by the published Go client, unmodified: steps 2 and 3, writing at the source, comparing at the destination, progress.
// (The role stands already; this client has no RAM.) Input: one JSON document as the only argument. Output: one JSON line.
package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss"
	"github.com/aliyun/alibabacloud-oss-go-sdk-v2/oss/credentials"
)

type side struct {
	AccessKeyID     string `json:"access_key_id"`
	AccessKeySecret string `json:"access_key_secret"`
	UID             string `json:"uid"`
	Region          string `json:"region"`
	Location        string `json:"location"`
	Endpoint        string `json:"endpoint"`
	Bucket          string `json:"bucket"`
}

type input struct {
	Signature   string `json:"signature"`
	Role        string `json:"role"`
	Principal   string `json:"principal"`
	Source      side   `json:"source"`
	Destination side   `json:"destination"`
}

func (s side) client(signature string) *oss.Client {
	config := oss.LoadDefaultConfig().
		WithCredentialsProvider(credentials.NewStaticCredentialsProvider(s.AccessKeyID, s.AccessKeySecret)).
		WithRegion(s.Region).
		WithEndpoint(s.Endpoint)
	if signature == "v1" {
		config = config.WithSignatureVersion(oss.SignatureVersionV1)
	}
	return oss.NewClient(config)
}

func eventually(ctx context.Context, what string, check func() (bool, error)) error {
	end := time.Now().Add(60 * time.Second)
	var last error
	for {
		ok, err := check()
		if ok {
			return nil
		}
		if err != nil {
			last = err
		}
		if time.Now().After(end) {
			return fmt.Errorf("waited 60 s for %s; last: %v", what, last)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func main() {
	told, err := run()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(told)
}

func run() (string, error) {
	var in input
	if len(os.Args) != 2 {
		return "", errors.New("usage: go-story JSON")
	}
	if err := json.Unmarshal([]byte(os.Args[1]), &in); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	source, destination := in.Source.client(in.Signature), in.Destination.client(in.Signature)

	for _, one := range []struct {
		client *oss.Client
		bucket string
	}{{source, in.Source.Bucket}, {destination, in.Destination.Bucket}} {
		if _, err := one.client.PutBucket(ctx, &oss.PutBucketRequest{Bucket: oss.Ptr(one.bucket)}); err != nil {
			return "", fmt.Errorf("PutBucket %s: %w", one.bucket, err)
		}
	}
	ruleID, err := stepsTwoAndThree(ctx, in, source, destination)
	if err != nil {
		return "", err
	}
	count, err := writeAndCompare(ctx, in, source, destination)
	if err != nil {
		return "", err
	}
	if err := waitForProgress(ctx, in, source, ruleID); err != nil {
		return "", err
	}
	return fmt.Sprintf(`{"rule":%q,"objects":%d}`, ruleID, count), nil
}

// The destination's bucket policy as the page writes it, and the rule.
func stepsTwoAndThree(ctx context.Context, in input, source, destination *oss.Client) (string, error) {
	policy, err := json.Marshal(map[string]any{"Version": "1", "Statement": []any{map[string]any{
		"Effect": "Allow", "Action": []string{"oss:ReplicatePut", "oss:ReplicateDelete"}, "Principal": []string{in.Principal},
		"Resource": []string{"acs:oss:*:" + in.Destination.UID + ":" + in.Destination.Bucket, "acs:oss:*:" + in.Destination.UID + ":" + in.Destination.Bucket + "/*"},
	}}})
	if err != nil {
		return "", err
	}
	if _, err := destination.PutBucketPolicy(ctx, &oss.PutBucketPolicyRequest{Bucket: oss.Ptr(in.Destination.Bucket), Body: bytes.NewReader(policy)}); err != nil {
		return "", fmt.Errorf("PutBucketPolicy: %w", err)
	}
	result, err := source.PutBucketReplication(ctx, &oss.PutBucketReplicationRequest{
		Bucket: oss.Ptr(in.Source.Bucket),
		ReplicationConfiguration: &oss.ReplicationConfiguration{Rules: []oss.ReplicationRule{{
			Action: oss.Ptr("ALL"), SyncRole: oss.Ptr(in.Role), HistoricalObjectReplication: oss.HistoricalObjectReplicationEnabled,
			Destination: &oss.ReplicationDestination{Bucket: oss.Ptr(in.Destination.Bucket), Location: oss.Ptr(in.Destination.Location), TransferType: oss.TransferTypeInternal},
		}}},
	})
	if err != nil {
		return "", fmt.Errorf("PutBucketReplication: %w", err)
	}
	return oss.ToString(result.ReplicationRuleId), nil
}

// Plain, empty, unsized (chunked) and multipart uploads; every replica must be equal.
func writeAndCompare(ctx context.Context, in input, source, destination *oss.Client) (int, error) {
	noise := make([]byte, 7<<20+13)
	if _, err := rand.Read(noise); err != nil {
		return 0, err
	}
	contents := map[string][]byte{"a b+c%.txt": []byte("awkward key"), "empty": {}, "\U0001f43c": []byte("panda"), "unsized": noise[:200000], "parts": noise}
	for key, body := range contents {
		if key == "parts" {
			continue
		}
		var reader io.Reader = bytes.NewReader(body)
		if key == "unsized" {
			reader = io.LimitReader(reader, int64(len(body))) // Hides the length, so the client sends chunks.
		}
		if _, err := source.PutObject(ctx, &oss.PutObjectRequest{Bucket: oss.Ptr(in.Source.Bucket), Key: oss.Ptr(key), Body: reader, Metadata: map[string]string{"told": "by go"}}); err != nil {
			return 0, fmt.Errorf("PutObject %s: %w", key, err)
		}
	}
	uploader := source.NewUploader(func(options *oss.UploaderOptions) { options.PartSize = 1 << 20 })
	if _, err := uploader.UploadFrom(ctx, &oss.PutObjectRequest{Bucket: oss.Ptr(in.Source.Bucket), Key: oss.Ptr("parts")}, bytes.NewReader(noise)); err != nil {
		return 0, fmt.Errorf("UploadFrom: %w", err)
	}
	for key, body := range contents {
		if err := compare(ctx, in, source, destination, key, body); err != nil {
			return 0, err
		}
	}
	return len(contents), nil
}

func compare(ctx context.Context, in input, source, destination *oss.Client, key string, body []byte) error {
	here, err := source.HeadObject(ctx, &oss.HeadObjectRequest{Bucket: oss.Ptr(in.Source.Bucket), Key: oss.Ptr(key)})
	if err != nil {
		return fmt.Errorf("HeadObject %s: %w", key, err)
	}
	if err := eventually(ctx, "the replica of "+key, func() (bool, error) { return destination.IsObjectExist(ctx, in.Destination.Bucket, key) }); err != nil {
		return err
	}
	there, err := destination.GetObject(ctx, &oss.GetObjectRequest{Bucket: oss.Ptr(in.Destination.Bucket), Key: oss.Ptr(key)})
	if err != nil {
		return fmt.Errorf("GetObject %s: %w", key, err)
	}
	defer there.Body.Close()
	got, err := io.ReadAll(there.Body)
	if err != nil {
		return fmt.Errorf("reading %s: %w", key, err)
	}
	if !bytes.Equal(got, body) {
		return fmt.Errorf("%s: %d bytes that differ from the %d written", key, len(got), len(body))
	}
	for _, name := range []string{"Etag", "Last-Modified", "X-Oss-Hash-Crc64ecma", "X-Oss-Object-Type", "X-Oss-Meta-Told", "Content-Type"} {
		if a, b := here.Headers.Get(name), there.Headers.Get(name); a != b {
			return fmt.Errorf("%s: %s is %q at the source and %q at the destination", key, name, a, b)
		}
	}
	if key == "parts" { // The downloader compares the CRC64 of the whole.
		directory, err := os.MkdirTemp("", "story")
		if err != nil {
			return err
		}
		defer os.RemoveAll(directory)
		request := &oss.GetObjectRequest{Bucket: oss.Ptr(in.Destination.Bucket), Key: oss.Ptr(key)}
		if _, err := destination.NewDownloader().DownloadFile(ctx, request, filepath.Join(directory, "parts")); err != nil {
			return fmt.Errorf("DownloadFile: %w", err)
		}
	}
	return nil
}

func waitForProgress(ctx context.Context, in input, source *oss.Client, ruleID string) error {
	return eventually(ctx, "the rule to be doing", func() (bool, error) {
		result, err := source.GetBucketReplicationProgress(ctx, &oss.GetBucketReplicationProgressRequest{Bucket: oss.Ptr(in.Source.Bucket), RuleId: oss.Ptr(ruleID)})
		if err != nil {
			return false, err
		}
		rule := result.ReplicationProgress.Rules[0]
		return oss.ToString(rule.Status) == "doing" && strings.HasSuffix(oss.ToString(rule.Progress.NewObject), "Z"), nil
	})
}
