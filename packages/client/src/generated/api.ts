/** Generated from the server's OpenAPI description by `npm run generate`. */
export interface paths {
    "/v1/chat/completions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Answer a conversation of text, pictures and speech. */
        post: operations["createChatCompletion"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/route": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say which plan a chat request would run, without running it. */
        post: operations["planRoute"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audio/transcriptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Write down a recording. */
        post: operations["createTranscription"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audio/translations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Write down a recording in English, whatever was spoken. */
        post: operations["createTranslation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audio/speech": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Speak a text. */
        post: operations["createSpeech"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/ocr": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Read the text in a picture. */
        post: operations["readText"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Names under which requests can be made. */
        get: operations["listModels"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/models/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of these names. */
        get: operations["getModel"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** State of the server and of each model. */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the process answers. */
        get: operations["getLiveness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether requests are taken. */
        get: operations["getReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** State, memory, users and load history of each model. */
        get: operations["listSlots"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/models/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The same of one model. */
        get: operations["getSlot"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/models/{id}/load": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Bring a model into memory, and answer once it is there. */
        post: operations["loadModel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/models/{id}/unload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End a model’s process as soon as it has no users, and answer once its memory is back. */
        post: operations["unloadModel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/models/{id}/pin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Never unload a model but when asked; loads nothing by itself. */
        post: operations["pinModel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/models/{id}/unpin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let a pinned model go again. */
        post: operations["unpinModel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/models/{id}/keep-alive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Set how long a model stays without users. */
        post: operations["keepModelAlive"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The requests under way: what they do, how long they have waited, and their place in the queue. */
        get: operations["listRequests"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/requests/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End a request; its client gets the error request_cancelled. */
        post: operations["cancelRequest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What happens to models, as it happens; Last-Event-ID goes on from there. */
        get: operations["followEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Counters and histograms in Prometheus’ text format. */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This description. */
        get: operations["getOpenApi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        ChatCompletionRequest: {
            /**
             * @description The hub’s name or `auto`: decide and orchestrate. Another id: exactly that model.
             * @default auto
             */
            model?: string;
            messages: components["schemas"]["ChatMessage"][];
            /** @description A picture for the last user message: base64 or a data URI. */
            image?: string | null;
            audio?: (string | {
                voice: unknown;
                format: string;
            }) | null;
            stream?: boolean | null;
            stream_options?: {
                include_usage?: boolean | null;
            } | null;
            temperature?: number | null;
            top_p?: number | null;
            /** @description 0 or -1 turns it off. */
            top_k?: number | null;
            min_p?: number | null;
            frequency_penalty?: number | null;
            presence_penalty?: number | null;
            repetition_penalty?: number | null;
            seed?: number | null;
            max_tokens?: number | null;
            max_completion_tokens?: number | null;
            stop?: (string | string[]) | null;
            n?: number | null;
            enable_thinking?: boolean | null;
            /** @description Return reasoning beside the answer, as `reasoning_content`. */
            return_reasoning?: boolean | null;
            chat_template_kwargs?: {
                enable_thinking?: boolean | null;
            } | null;
            concert?: components["schemas"]["ConcertOptions"] | null;
            keep_alive?: (number | string) | null;
            user?: string | null;
            metadata?: {
                [key: string]: string;
            } | null;
            tools?: {
                [key: string]: unknown;
            }[] | null;
            tool_choice?: (string | {
                [key: string]: unknown;
            }) | null;
            functions?: {
                [key: string]: unknown;
            }[] | null;
            response_format?: {
                type: string;
            } | null;
            logprobs?: boolean | null;
            top_logprobs?: number | null;
            logit_bias?: {
                [key: string]: number;
            } | null;
            modalities?: string[] | null;
        };
        ChatMessage: {
            /** @constant */
            role: "system";
            content: string | {
                /** @constant */
                type: "text";
                text: string;
            }[];
            name?: string | null;
        } | {
            /** @constant */
            role: "developer";
            content: string | {
                /** @constant */
                type: "text";
                text: string;
            }[];
            name?: string | null;
        } | {
            /** @constant */
            role: "user";
            content: string | components["schemas"]["ContentPart"][];
            name?: string | null;
        } | {
            /** @constant */
            role: "assistant";
            content?: (string | ({
                /** @constant */
                type: "text";
                text: string;
            } | {
                /** @constant */
                type: "refusal";
                refusal: string;
            })[]) | null;
            reasoning_content?: string | null;
            tool_calls?: {
                [key: string]: unknown;
            }[] | null;
            name?: string | null;
        } | {
            /** @constant */
            role: "tool";
            content: string | {
                /** @constant */
                type: "text";
                text: string;
            }[];
            tool_call_id: string;
        };
        ContentPart: {
            /** @constant */
            type: "text";
            text: string;
        } | {
            /** @constant */
            type: "image_url";
            image_url: {
                /** @description A data URI, or an http or https address. */
                url: string;
                /** @description Taken and not used: pictures are read whole. */
                detail?: string | null;
            };
        } | {
            /** @constant */
            type: "input_audio";
            input_audio: {
                /** @description Base64 of an encoded audio file. */
                data: string;
                /** @description A hint only: the bytes decide. */
                format?: string | null;
            };
        } | {
            /** @constant */
            type: "file";
            file: {
                [key: string]: unknown;
            };
        };
        ConcertOptions: {
            /** @description Return the plan of a chat as `concert.plan`. */
            trace?: boolean | null;
            /** @description Who goes first when several requests wait for a model. */
            priority?: ("low" | "normal" | "high") | null;
            /** @description The conversation that this belongs to. */
            session?: string | null;
        };
        TranscriptionRequest: {
            /** @default auto */
            model?: string;
            /** @description Taken and not used: the words of the recording decide. */
            prompt?: string;
            /**
             * @default json
             * @enum {string}
             */
            response_format?: "json" | "text" | "srt" | "verbose_json" | "vtt";
            /** @description Taken and not used: decoding is greedy. */
            temperature?: number;
            /** @description How long the model stays loaded afterwards: `0` unloads it, `-1` keeps it, `"5m"`, `"90s"`, or seconds. */
            keep_alive?: number | string;
            /** @enum {string} */
            "concert[priority]"?: "low" | "normal" | "high";
            /** @description The conversation that this belongs to. */
            "concert[session]"?: string;
            /** @description ISO 639-1; detected when left out. */
            language?: string;
            /** @enum {string} */
            stream?: "true" | "false";
            /**
             * @description Also under the key `timestamp_granularities[]`.
             * @default []
             */
            timestamp_granularities?: ("segment" | "word")[];
            /** @default [] */
            include?: string[];
        };
        TranslationRequest: {
            /** @default auto */
            model?: string;
            /** @description Taken and not used: the words of the recording decide. */
            prompt?: string;
            /**
             * @default json
             * @enum {string}
             */
            response_format?: "json" | "text" | "srt" | "verbose_json" | "vtt";
            /** @description Taken and not used: decoding is greedy. */
            temperature?: number;
            /** @description How long the model stays loaded afterwards: `0` unloads it, `-1` keeps it, `"5m"`, `"90s"`, or seconds. */
            keep_alive?: number | string;
            /** @enum {string} */
            "concert[priority]"?: "low" | "normal" | "high";
            /** @description The conversation that this belongs to. */
            "concert[session]"?: string;
        };
        SpeechRequest: {
            /** @default auto */
            model?: string;
            input: string;
            /** @default alloy */
            voice?: string | {
                id: string;
            };
            /**
             * @default mp3
             * @enum {string}
             */
            response_format?: "mp3" | "opus" | "aac" | "flac" | "wav" | "pcm";
            /** @default 1 */
            speed?: number;
            /**
             * @default audio
             * @enum {string}
             */
            stream_format?: "audio" | "sse";
            keep_alive?: (number | string) | null;
            concert?: components["schemas"]["ConcertOptions"] | null;
            /** @description Taken and not used: the voices have one manner. */
            instructions?: string | null;
        };
        OcrRequest: {
            /** @default auto */
            model?: string;
            /** @description Base64, a data URI, or an http or https address. */
            image: string;
            keep_alive?: (number | string) | null;
            concert?: components["schemas"]["ConcertOptions"] | null;
        };
        OcrForm: {
            /** @default auto */
            model?: string;
            /** @description How long the model stays loaded afterwards: `0` unloads it, `-1` keeps it, `"5m"`, `"90s"`, or seconds. */
            keep_alive?: number | string;
            /** @enum {string} */
            "concert[priority]"?: "low" | "normal" | "high";
            "concert[session]"?: string;
        };
        KeepAliveRequest: {
            /** @description How long the model stays loaded afterwards: `0` unloads it, `-1` keeps it, `"5m"`, `"90s"`, or seconds. */
            keep_alive: number | string;
        };
        Error: {
            error: {
                /** @description A plain sentence that says what to do. */
                message: string;
                /** @description OpenAI’s class of error. */
                type: string;
                /** @description The field at fault, dotted: `messages.0.content`. */
                param: string | null;
                /** @description One of the codes in docs/errors.md. */
                code: string;
            };
        };
        ChatCompletion: {
            id: string;
            /** @constant */
            object: "chat.completion";
            created: number;
            model: string;
            choices: {
                index: number;
                message: {
                    /** @constant */
                    role: "assistant";
                    content: string;
                    refusal: null;
                    reasoning_content?: string;
                    /** @description The same as `reasoning_content`. */
                    reasoning?: string;
                };
                logprobs: null;
                /** @enum {string} */
                finish_reason: "stop" | "length";
            }[];
            usage: components["schemas"]["Usage"];
            /** @description Only when `concert.trace` was asked. */
            concert?: {
                plan: components["schemas"]["PlanReport"];
            };
        };
        Usage: {
            prompt_tokens: number;
            completion_tokens: number;
            total_tokens: number;
            prompt_tokens_details: {
                cached_tokens: number;
            };
        };
        PlanReport: {
            route: string;
            reason: string;
            confidence: number;
            steps: components["schemas"]["StepReport"][];
        };
        StepReport: {
            step: string;
            model: string;
            /** @description From the start of the request. */
            start_ms: number;
            duration_ms: number;
            detail?: string;
        };
        RouteAnswer: {
            /** @constant */
            object: "concert.route";
            route: string;
            reason: string;
            confidence: number;
            steps: string[];
        };
        Transcription: {
            text: string;
            usage: {
                /** @constant */
                type: "duration";
                seconds: number;
            };
        };
        VerboseTranscription: {
            /** @enum {string} */
            task: "transcribe" | "translate";
            /** @description A name: `english`. */
            language: string;
            duration: number;
            text: string;
            segments: {
                id: number;
                seek: number;
                start: number;
                end: number;
                text: string;
                /** @description Not given out: always empty. */
                tokens: number[];
                temperature: number;
                /** @description Not measured: always 0. */
                avg_logprob: number;
                compression_ratio: number;
                /** @description Not measured: always 0. */
                no_speech_prob: number;
            }[];
            usage: {
                /** @constant */
                type: "duration";
                seconds: number;
            };
        };
        OcrAnswer: {
            /** @constant */
            object: "ocr";
            model: string;
            /** @description A line for each row of the page; cells that stand side by side are two spaces apart. */
            text: string;
            width: number;
            height: number;
            /** @description Degrees clockwise by which the page had to be turned to be read. */
            rotation: 0 | 180;
            lines: {
                text: string;
                confidence: number;
                box: number[][];
            }[];
        };
        ModelList: {
            /** @constant */
            object: "list";
            data: components["schemas"]["Model"][];
        };
        Model: {
            id: string;
            /** @constant */
            object: "model";
            created: number;
            owned_by: string;
            concert: {
                task: string;
                /** @description The weights that answer under this name; null when the name is those weights. */
                backing: string | null;
                state: string;
                input: ("text" | "image" | "audio")[];
                languages: string[];
                voices: string[];
                licence: string;
            };
        };
        Health: {
            /** @enum {string} */
            status: "ok" | "starting" | "draining";
            version: string;
            uptime_seconds: number;
            models: {
                id: string;
                task: string;
                state: string;
                bytes: number;
                users: number;
                last_used: string | null;
            }[];
            memory: {
                /** @description Of all devices together. */
                budget_bytes: number;
                /** @description On all devices together. */
                reserved_bytes: number;
                devices: components["schemas"]["DeviceReport"][];
            };
        };
        DeviceReport: {
            /** @description `ram`, or a GPU such as `gpu:0`. */
            id: string;
            name: string;
            budget_bytes: number;
            /** @description Counted against the budget. */
            reserved_bytes: number;
            /** @description What the models’ processes really hold. */
            measured_bytes: number;
            /** @description Of ended models, and did not come back. */
            kept_bytes: number;
        };
        Probe: {
            status: string;
        };
        AdminModels: {
            /** @constant */
            object: "list";
            data: components["schemas"]["SlotReport"][];
            memory: {
                /** @description Of all devices together. */
                budget_bytes: number;
                /** @description On all devices together. */
                reserved_bytes: number;
                devices: components["schemas"]["DeviceReport"][];
            };
        };
        SlotReport: {
            id: string;
            task: string;
            engine: string;
            /** @enum {string} */
            state: "unloaded" | "loading" | "ready" | "sleeping" | "waking" | "unloading" | "failed";
            /** @description How far a load has come. */
            progress: {
                stage: string;
                /** @description 0 to 1; null where it cannot be told. */
                fraction: number | null;
            } | null;
            users: number;
            waiters: number;
            /** @description Requests that it serves at once; further ones wait. */
            concurrency: number;
            pid: number | null;
            /** @description Why it failed. */
            reason: string | null;
            /** @description When a failed model is tried again. */
            retry_at: string | null;
            /** @description Counted against the budgets, on all devices. */
            reserved_bytes: number;
            /** @description What its process holds now, on all devices. */
            measured_bytes: number | null;
            memory: {
                /** @description Bytes by device: `ram`, or a GPU such as `gpu:0`; devices that hold none are left out. */
                reserved: {
                    [key: string]: number;
                };
                measured: {
                    [key: string]: number;
                } | null;
                /** @description Bytes by device: `ram`, or a GPU such as `gpu:0`; devices that hold none are left out. */
                expected: {
                    [key: string]: number;
                };
            };
            last_used: string | null;
            /** @description How long the last load took. */
            load_ms: number | null;
            /** @description The last tries to load it, newest last. */
            loads: {
                /** @description ISO 8601. */
                at: string;
                /** @enum {string} */
                result: "loaded" | "failed" | "cancelled";
                ms: number;
                /** @description Why it failed. */
                reason: string | null;
            }[];
            /** @description Never unloaded but when asked. */
            pinned: boolean;
            /** @description Unloads after so long without users; null keeps it. */
            keep_alive_ms: number | null;
            /** @description When it is unloaded if nobody uses it before. */
            expires_at: string | null;
            /** @description Runs with a smaller context, because the memory for its own was not to be had. */
            shrunk: boolean;
        };
        UnloadAnswer: {
            id: string;
            /** @constant */
            state: "unloaded";
        };
        AdminRequests: {
            /** @constant */
            object: "list";
            data: components["schemas"]["RequestReport"][];
        };
        RequestReport: {
            /** @description As in the header x-request-id. */
            id: string;
            path: string;
            /** @description As the caller asked. */
            model: string | null;
            /** @description The weights that answer, once they are known. */
            answering: string | null;
            /** @description What is done now: `ocr`, `asr`, `chat`, `tts`. */
            step: string | null;
            /**
             * @description `waiting`: for a model.
             * @enum {string}
             */
            state: "waiting" | "running";
            /** @description ISO 8601. */
            started_at: string;
            age_ms: number;
            /** @description For models, so far. */
            waited_ms: number;
            /** @description Pieces of the answer so far. */
            tokens: number;
            stream: boolean;
            /** @enum {string} */
            priority: "low" | "normal" | "high";
            session: string | null;
            /** @description 1 is next among the requests that wait for the same model; null while none is waited for. */
            queue_position: number | null;
        };
        CancelAnswer: {
            id: string;
            /** @constant */
            cancelled: true;
        };
        ChatCompletionChunk: {
            id: string;
            /** @constant */
            object: "chat.completion.chunk";
            created: number;
            model: string;
            /** @description Empty on the last chunk, which carries `usage` when it was asked. */
            choices: {
                index: number;
                delta: {
                    /** @constant */
                    role?: "assistant";
                    content?: string;
                    reasoning_content?: string;
                    reasoning?: string;
                };
                logprobs: null;
                finish_reason: ("stop" | "length") | null;
            }[];
            usage?: components["schemas"]["Usage"] | null;
            /** @description Only when `concert.trace` was asked. */
            concert?: {
                plan: components["schemas"]["PlanReport"];
            };
        };
        TranscriptionStreamEvent: {
            /** @constant */
            type: "transcript.text.delta";
            delta: string;
        } | {
            /** @constant */
            type: "transcript.text.done";
            text: string;
            usage: {
                /** @constant */
                type: "duration";
                seconds: number;
            };
        };
        SpeechStreamEvent: {
            /** @constant */
            type: "speech.audio.delta";
            /** @description Base64. */
            audio: string;
        } | {
            /** @constant */
            type: "speech.audio.done";
            /** @description Speech is not counted in tokens here: always 0. */
            usage: {
                input_tokens: number;
                output_tokens: number;
                total_tokens: number;
            };
        };
        LifecycleReport: {
            /** @description Also the event’s `id:`; send it back as Last-Event-ID to go on from there. */
            id: string;
            /** @description ISO 8601. */
            time: string;
            /** @description load-started, load-progress, loaded, load-failed, load-cancelled, unload-started, unloaded, slept, woke, crashed, breaker-opened, memory-kept, granted, released, refused; or gap: events before this one are no longer kept. */
            kind: string;
            model?: string;
            reason?: string;
            code?: string;
            stage?: string;
            fraction?: number | null;
            /** @description Bytes by device: `ram`, or a GPU such as `gpu:0`; devices that hold none are left out. */
            reserved?: {
                [key: string]: number;
            };
            measured?: {
                [key: string]: number;
            } | null;
            /** @description Bytes by device: `ram`, or a GPU such as `gpu:0`; devices that hold none are left out. */
            freed?: {
                [key: string]: number;
            };
            shrunk?: boolean;
            out_of_memory?: boolean;
            pid?: number;
            device?: string;
            bytes?: number;
            holders?: {
                pid: number;
                command: string;
            }[];
            users?: number;
            load_ms?: number;
            unload_ms?: number;
            sleep_ms?: number;
            wake_ms?: number;
            waited_ms?: number;
            held_ms?: number;
            retry_at_ms?: number;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    createChatCompletion: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChatCompletionRequest"];
            };
        };
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChatCompletion"];
                    "text/event-stream": string;
                };
            };
            /** @description Failed with 400; the code in the body says why. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 404; the code in the body says why. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 408; the code in the body says why. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 413; the code in the body says why. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 415; the code in the body says why. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 422; the code in the body says why. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 429; the code in the body says why. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 502; the code in the body says why. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 503; the code in the body says why. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 504; the code in the body says why. */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    planRoute: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChatCompletionRequest"];
            };
        };
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RouteAnswer"];
                };
            };
            /** @description Failed with 400; the code in the body says why. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 404; the code in the body says why. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 408; the code in the body says why. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 413; the code in the body says why. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 415; the code in the body says why. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 422; the code in the body says why. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 429; the code in the body says why. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 502; the code in the body says why. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 503; the code in the body says why. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 504; the code in the body says why. */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    createTranscription: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["TranscriptionRequest"] & {
                    /** Format: binary */
                    file: string;
                };
            };
        };
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Transcription"] | components["schemas"]["VerboseTranscription"];
                    "text/plain": string;
                    "text/vtt": string;
                    "application/x-subrip": string;
                    "text/event-stream": string;
                };
            };
            /** @description Failed with 400; the code in the body says why. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 404; the code in the body says why. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 408; the code in the body says why. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 413; the code in the body says why. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 415; the code in the body says why. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 422; the code in the body says why. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 429; the code in the body says why. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 502; the code in the body says why. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 503; the code in the body says why. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 504; the code in the body says why. */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    createTranslation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["TranslationRequest"] & {
                    /** Format: binary */
                    file: string;
                };
            };
        };
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Transcription"] | components["schemas"]["VerboseTranscription"];
                    "text/plain": string;
                    "text/vtt": string;
                    "application/x-subrip": string;
                };
            };
            /** @description Failed with 400; the code in the body says why. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 404; the code in the body says why. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 408; the code in the body says why. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 413; the code in the body says why. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 415; the code in the body says why. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 422; the code in the body says why. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 429; the code in the body says why. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 502; the code in the body says why. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 503; the code in the body says why. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 504; the code in the body says why. */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    createSpeech: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SpeechRequest"];
            };
        };
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "audio/mpeg": string;
                    "audio/ogg": string;
                    "audio/wav": string;
                    "audio/pcm": string;
                    "audio/flac": string;
                    "audio/aac": string;
                    "text/event-stream": string;
                };
            };
            /** @description Failed with 400; the code in the body says why. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 404; the code in the body says why. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 408; the code in the body says why. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 413; the code in the body says why. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 415; the code in the body says why. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 422; the code in the body says why. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 429; the code in the body says why. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 502; the code in the body says why. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 503; the code in the body says why. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 504; the code in the body says why. */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    readText: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OcrRequest"];
                "multipart/form-data": components["schemas"]["OcrForm"] & {
                    /** Format: binary */
                    image: string;
                };
            };
        };
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OcrAnswer"];
                };
            };
            /** @description Failed with 400; the code in the body says why. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 404; the code in the body says why. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 408; the code in the body says why. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 413; the code in the body says why. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 415; the code in the body says why. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 422; the code in the body says why. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 429; the code in the body says why. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 502; the code in the body says why. */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 503; the code in the body says why. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 504; the code in the body says why. */
            504: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listModels: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelList"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getModel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Model"];
                };
            };
            /** @description Failed with 404; the code in the body says why. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    getLiveness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Probe"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Probe"];
                };
            };
        };
    };
    getReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Probe"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not ready. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Probe"];
                };
            };
        };
    };
    listSlots: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdminModels"];
                };
            };
            /** @description Failed with 403; the code in the body says why. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getSlot: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SlotReport"];
                };
            };
            /** @description Failed with 403; the code in the body says why. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 404; the code in the body says why. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    loadModel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SlotReport"];
                };
            };
            /** @description Failed with 403; the code in the body says why. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 404; the code in the body says why. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 429; the code in the body says why. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 503; the code in the body says why. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    unloadModel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UnloadAnswer"];
                };
            };
            /** @description Failed with 403; the code in the body says why. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 404; the code in the body says why. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    pinModel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SlotReport"];
                };
            };
            /** @description Failed with 403; the code in the body says why. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 404; the code in the body says why. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    unpinModel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SlotReport"];
                };
            };
            /** @description Failed with 403; the code in the body says why. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 404; the code in the body says why. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    keepModelAlive: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KeepAliveRequest"];
            };
        };
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SlotReport"];
                };
            };
            /** @description Failed with 400; the code in the body says why. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 403; the code in the body says why. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 404; the code in the body says why. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 408; the code in the body says why. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 413; the code in the body says why. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 415; the code in the body says why. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listRequests: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdminRequests"];
                };
            };
            /** @description Failed with 403; the code in the body says why. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    cancelRequest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CancelAnswer"];
                };
            };
            /** @description Failed with 403; the code in the body says why. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 404; the code in the body says why. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    followEvents: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description Failed with 403; the code in the body says why. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description Failed with 403; the code in the body says why. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getOpenApi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
}
