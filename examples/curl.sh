#!/bin/sh
# Text, a tool call, JSON by a schema, embeddings and speech, with nothing but curl.
set -eu
URL="${CONCERT_URL:-http://localhost:8000}/v1"
OUT="${TMPDIR:-/tmp}/concert-hello.wav"

ask() {
  curl --silent --show-error --fail-with-body "$URL/$1" -H 'content-type: application/json' -d "$2"
  echo
}

echo '— an answer, piece by piece'
curl --silent --show-error --fail-with-body --no-buffer "$URL/chat/completions" -H 'content-type: application/json' -d '{
  "model": "autoglm-phone-9b", "stream": true, "max_tokens": 40,
  "messages": [{"role": "user", "content": "Name three rivers."}]
}'

echo '— a function to be called'
ask chat/completions '{
  "model": "autoglm-phone-9b", "tool_choice": "required", "max_tokens": 80,
  "messages": [{"role": "user", "content": "What is the weather in Paris?"}],
  "tools": [{"type": "function", "function": {"name": "get_weather", "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}]
}'

echo '— JSON that fits a schema'
ask chat/completions '{
  "model": "autoglm-phone-9b", "max_tokens": 80,
  "messages": [{"role": "user", "content": "Invent a person."}],
  "response_format": {"type": "json_schema", "json_schema": {"name": "person", "strict": true, "schema": {
    "type": "object", "additionalProperties": false, "required": ["name", "age"],
    "properties": {"name": {"type": "string", "maxLength": 30}, "age": {"type": "integer", "minimum": 0, "maximum": 120}}}}}
}'

echo '— an embedding (its first characters)'
ask embeddings '{"model": "text-embedding-3-small", "input": "a red bicycle"}' | cut -c 1-160

echo '— speech'
curl --silent --show-error --fail-with-body "$URL/audio/speech" -H 'content-type: application/json' -o "$OUT" -d '{
  "model": "tts-1", "voice": "alloy", "response_format": "wav", "input": "Hello from Concert."
}'
echo "written to $OUT; and read back:"
curl --silent --show-error --fail-with-body "$URL/audio/transcriptions" -F model=whisper-1 -F "file=@$OUT"
echo
