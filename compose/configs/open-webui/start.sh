#!/bin/sh
# Starts Open WebUI.
set -eu
export DATA_DIR=/var/lib/muster
export HF_HOME=/var/lib/muster/cache/huggingface
export SENTENCE_TRANSFORMERS_HOME=/var/lib/muster/cache/embedding/models
export STATIC_DIR=/tmp/open-webui-static
export TIKTOKEN_CACHE_DIR=/var/lib/muster/cache/tiktoken
export WHISPER_MODEL_DIR=/var/lib/muster/cache/whisper/models
export ENABLE_OLLAMA_API=True
export ENABLE_OPENAI_API=False
export ENABLE_PERSISTENT_CONFIG=False
export OLLAMA_BASE_URLS=http://ollama:11434
export BYPASS_EMBEDDING_AND_RETRIEVAL=True
export RAG_EMBEDDING_ENGINE=ollama
export ANONYMIZED_TELEMETRY=False
export AUDIO_STT_ENGINE=web
export DO_NOT_TRACK=True
export ENABLE_COMMUNITY_SHARING=False
export ENABLE_FOLLOW_UP_GENERATION=False
export ENABLE_TAGS_GENERATION=False
export ENABLE_TITLE_GENERATION=False
export ENABLE_VERSION_UPDATE_CHECK=False
export OFFLINE_MODE=True
export SCARF_NO_ANALYTICS=True
export CORS_ALLOW_ORIGIN='https://home.localhost;https://localhost;http://localhost:3000;http://127.0.0.1:3000'
export ENABLE_SIGNUP=False
export ENABLE_WEBSOCKET_SUPPORT=True
export FORWARDED_ALLOW_IPS='*'
export HOST=0.0.0.0
export PORT=8080
export PYTHONUNBUFFERED=1
export UVICORN_WORKERS=1
export WEBUI_ADMIN_EMAIL=admin@home.localhost
export WEBUI_NAME=home
export WEBUI_SESSION_COOKIE_SECURE=True
export WEBUI_URL=https://home.localhost
WEBUI_SECRET_KEY="$(cat /run/muster/secrets/open-webui/secret-key)"
WEBUI_ADMIN_PASSWORD="$(cat /run/muster/secrets/open-webui/admin-password)"
export WEBUI_SECRET_KEY WEBUI_ADMIN_PASSWORD
mkdir -p "$DATA_DIR" "$STATIC_DIR"
# The image has a start script of its own, the Python package a program.
if [ -f /app/backend/start.sh ]; then exec bash /app/backend/start.sh; fi
exec open-webui serve --host "$HOST" --port "$PORT"
