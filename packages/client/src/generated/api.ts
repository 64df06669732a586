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
    "/v1/completions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Continue a text as it is: OpenAI’s older form. */
        post: operations["createCompletion"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Answer a conversation in Anthropic’s form. */
        post: operations["createMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/messages/count_tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say how many tokens a message’s conversation has, without answering it. */
        post: operations["countMessageTokens"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/responses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Answer in the form of OpenAI’s Responses; the conversation can be gone on with by its id. */
        post: operations["createResponse"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/responses/input_tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Say how many tokens a request would read, without answering it. */
        post: operations["countResponseTokens"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/responses/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A response that was kept, or that runs in the background. */
        get: operations["getResponse"];
        put?: never;
        post?: never;
        /** Forget a response; one that runs in the background is stopped. */
        delete: operations["deleteResponse"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/responses/{id}/input_items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was sent with the request of a response. */
        get: operations["listResponseInputItems"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/responses/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stop a response that runs in the background. */
        post: operations["cancelResponse"];
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
    "/v1/audio/voices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Names under which speech can be asked for. */
        get: operations["listVoices"];
        put?: never;
        post?: never;
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
    "/v1/embeddings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Turn texts into vectors. */
        post: operations["createEmbedding"];
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
    "/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This description as a page, on which it can be tried. */
        get: operations["getDocs"];
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
            /** @description The answer goes on where the last message, an assistant’s, ends. */
            continue_final_message?: boolean | null;
            /** @description A picture for the last user message: base64 or a data URI. */
            image?: string | null;
            audio?: (string | components["schemas"]["SpokenAnswer"]) | null;
            modalities?: ("text" | "audio")[] | null;
            stream?: boolean | null;
            stream_options?: {
                include_usage?: boolean | null;
            } | null;
            /** @description Answers to the same question. */
            n?: number | null;
            temperature?: number | null;
            top_p?: number | null;
            /** @description 0 or -1 turns it off. */
            top_k?: number | null;
            min_p?: number | null;
            frequency_penalty?: number | null;
            presence_penalty?: number | null;
            repetition_penalty?: number | null;
            /** @description By token of the model’s own vocabulary. */
            logit_bias?: {
                [key: string]: number;
            } | null;
            /** @description The same seed, request and weights give the same text. */
            seed?: number | null;
            max_tokens?: number | null;
            max_completion_tokens?: number | null;
            stop?: (string | string[]) | null;
            logprobs?: boolean | null;
            /** @description Only with `logprobs`. */
            top_logprobs?: number | null;
            response_format?: components["schemas"]["ResponseFormat"] | null;
            tools?: components["schemas"]["ChatTool"][] | null;
            tool_choice?: components["schemas"]["ChatToolChoice"] | null;
            parallel_tool_calls?: boolean | null;
            /** @description The form before `tools`. */
            functions?: components["schemas"]["ChatFunction"][] | null;
            /** @description The form before `tool_choice`. */
            function_call?: components["schemas"]["ChatFunctionChoice"] | null;
            reasoning_effort?: components["schemas"]["ReasoningEffort"] | null;
            reasoning?: {
                effort?: components["schemas"]["ReasoningEffort"] | null;
                max_tokens?: number | null;
                enabled?: boolean | null;
                /** @description Think, and keep the thoughts back. */
                exclude?: boolean | null;
            } | null;
            /** @description Whether the model thinks first; absent: as it does by itself. */
            enable_thinking?: boolean | null;
            /** @description Return reasoning beside the answer, as `reasoning_content`. */
            return_reasoning?: boolean | null;
            /** @description Variables of the model’s chat template. */
            chat_template_kwargs?: {
                [key: string]: boolean | string | number | null;
            } | null;
            concert?: components["schemas"]["ConcertOptions"] | null;
            keep_alive?: (number | string) | null;
            /** @description Taken and not used. */
            user?: string | null;
            /** @description Taken and not used. */
            safety_identifier?: string | null;
            /** @description Taken and not used. */
            prompt_cache_key?: string | null;
            /** @description Taken and not used. */
            service_tier?: string | null;
            /** @description Taken and not used. */
            verbosity?: string | null;
            /** @description Taken and not used: chats are not kept. */
            store?: boolean | null;
            /** @description Taken and not used. */
            metadata?: {
                [key: string]: string;
            } | null;
            /** @description Taken and not used. */
            prediction?: {
                [key: string]: unknown;
            } | null;
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
            refusal?: string | null;
            /** @description What it thought before this answer. */
            reasoning_content?: string | null;
            /** @description The same, in other clients’ words. */
            reasoning?: string | null;
            /** @description A spoken answer, sent back whole: its transcript stands for it. */
            audio?: {
                id?: string | null;
                transcript?: string | null;
            } | null;
            tool_calls?: components["schemas"]["MessageToolCall"][] | null;
            /** @description The form before tools. */
            function_call?: {
                name: string;
                /** @description JSON, as the model wrote it. */
                arguments: string;
            } | null;
            name?: string | null;
        } | {
            /** @constant */
            role: "tool";
            /** @description Pictures, too: a tool may answer with a screenshot. */
            content: string | components["schemas"]["ContentPart"][];
            /** @description The call of an earlier turn that this answers. */
            tool_call_id: string;
        } | {
            /** @constant */
            role: "function";
            content?: string | null;
            name: string;
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
                /** @description A hint only: the bytes decide. But `pcm16` says that they are bare samples, mono, little-endian. */
                format?: string | null;
                /** @description Of `pcm16`; 24000 by default. */
                sample_rate?: number | null;
            };
        } | {
            /** @constant */
            type: "file";
            file: {
                /** @description The file as a data URI or base64: text, JSON, a picture or a recording. */
                file_data?: string | null;
                filename?: string | null;
                /** @description Refused: files are not kept. */
                file_id?: string | null;
            };
        };
        MessageToolCall: {
            id: string;
            type?: "function" | null;
            function: {
                name: string;
                /** @description JSON, as the model wrote it. */
                arguments: string;
            };
        };
        /** @description OpenAI’s option for spoken answers, with `modalities: ["text","audio"]`. */
        SpokenAnswer: {
            voice: string | {
                id: string;
            };
            /** @enum {string} */
            format: "wav" | "aac" | "mp3" | "flac" | "opus" | "pcm16";
            speed?: number | null;
        };
        ResponseFormat: {
            /** @constant */
            type: "text";
        } | {
            /** @constant */
            type: "json_object";
        } | {
            /** @constant */
            type: "json_schema";
            json_schema: {
                /** @description For the caller; the answer is the same under any name. */
                name: string;
                description?: string | null;
                /** @description JSON Schema, draft 2020-12; absent: any JSON object. */
                schema?: {
                    [key: string]: unknown;
                } | null;
                /** @description Taken and not used: an answer always follows the schema. */
                strict?: boolean | null;
            };
        } | {
            /** @constant */
            type: "grammar";
            /** @description GBNF, llama.cpp’s notation; `root` is the whole answer. */
            grammar: string;
        } | {
            /** @constant */
            type: "phone_action";
        };
        ChatTool: {
            /** @constant */
            type: "function";
            function: {
                name: string;
                description?: string | null;
                /** @description JSON Schema of an object; absent: no arguments. */
                parameters?: {
                    [key: string]: unknown;
                } | null;
                /** @description Whether the arguments must follow the schema exactly. */
                strict?: boolean | null;
            };
        };
        ChatToolChoice: ("auto" | "none" | "required") | ({
            /** @constant */
            type: "function";
            function: {
                name: string;
            };
        } | {
            /** @constant */
            type: "allowed_tools";
            allowed_tools: {
                /** @enum {string} */
                mode: "auto" | "required";
                tools: {
                    /** @constant */
                    type: "function";
                    function: {
                        name: string;
                    };
                }[];
            };
        });
        ChatFunction: {
            name: string;
            description?: string | null;
            /** @description JSON Schema of an object; absent: no arguments. */
            parameters?: {
                [key: string]: unknown;
            } | null;
        };
        ChatFunctionChoice: ("auto" | "none") | {
            name: string;
        };
        /**
         * @description `none` and `minimal`: at once. The others: so long that 512, 2048, 8192 or 32768 tokens are not exceeded.
         * @enum {string}
         */
        ReasoningEffort: "none" | "minimal" | "low" | "medium" | "high" | "xhigh";
        ConcertOptions: {
            /** @description Return the plan of a chat as `concert.plan`. */
            trace?: boolean | null;
            /** @description Who goes first when several requests wait for a model. */
            priority?: ("low" | "normal" | "high") | null;
            /** @description The conversation that this belongs to. */
            session?: string | null;
        };
        CompletionRequest: {
            /**
             * @description The hub’s name or `auto`: decide and orchestrate. Another id: exactly that model.
             * @default auto
             */
            model?: string;
            /** @description Answers to the same question. */
            n?: number | null;
            stop?: (string | string[]) | null;
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
            /** @description The same seed, request and weights give the same text. */
            seed?: number | null;
            /** @description By token of the model’s own vocabulary. */
            logit_bias?: {
                [key: string]: number;
            } | null;
            /** @description Taken and not used. */
            user?: string | null;
            concert?: components["schemas"]["ConcertOptions"] | null;
            keep_alive?: (number | string) | null;
            /** @description A text, its tokens, or several of either; the model continues it without a template. */
            prompt: string | string[] | number[] | number[][];
            /** @description What follows the answer, which fills the gap; for models that were trained to do so. */
            suffix?: string | null;
            /** @description 16 by default. 0 with `echo` gives the prompt back. */
            max_tokens?: number | null;
            /** @description Taken where it equals `n`. */
            best_of?: number | null;
            /** @description Begin the text with the prompt, which must be a text. */
            echo?: boolean | null;
            logprobs?: number | null;
        };
        MessagesRequest: {
            /** @description The hub’s name or `auto`, a model’s id, or an alias. */
            model: string;
            messages: components["schemas"]["MessageParam"][];
            system?: (string | {
                /** @constant */
                type: "text";
                text: string;
            }[]) | null;
            tools?: components["schemas"]["MessageTool"][] | null;
            tool_choice?: ({
                /** @constant */
                type: "auto";
                disable_parallel_tool_use?: boolean | null;
            } | {
                /** @constant */
                type: "any";
                disable_parallel_tool_use?: boolean | null;
            } | {
                /** @constant */
                type: "tool";
                name: string;
                disable_parallel_tool_use?: boolean | null;
            } | {
                /** @constant */
                type: "none";
            }) | null;
            thinking?: ({
                /** @constant */
                type: "enabled";
                budget_tokens: number;
                /** @description `omitted`: thinking blocks come without their text. */
                display?: ("summarized" | "omitted") | null;
            } | {
                /** @constant */
                type: "adaptive";
                /** @description `omitted`: thinking blocks come without their text. */
                display?: ("summarized" | "omitted") | null;
            } | {
                /** @constant */
                type: "disabled";
            }) | null;
            output_config?: {
                /** @description The answer follows this schema exactly. */
                format?: {
                    /** @constant */
                    type: "json_schema";
                    schema: {
                        [key: string]: unknown;
                    };
                } | null;
            } | null;
            /** @description Where the context has less room, the answer gets that room. */
            max_tokens: number;
            stop_sequences?: string[] | null;
            stream?: boolean | null;
            temperature?: number | null;
            top_p?: number | null;
            /** @description 0 or -1 turns it off. */
            top_k?: number | null;
            metadata?: {
                user_id?: string | null;
            } | null;
            /** @description Taken and not used. */
            service_tier?: string | null;
            /** @description Refused, so that clients send the whole conversation: messages are not kept. */
            thread?: {
                [key: string]: unknown;
            } | null;
            concert?: components["schemas"]["ConcertOptions"] | null;
            keep_alive?: (number | string) | null;
        };
        MessageParam: {
            /** @constant */
            role: "user";
            content: string | components["schemas"]["UserBlock"][];
        } | {
            /** @constant */
            role: "assistant";
            content: string | components["schemas"]["AssistantBlock"][];
        } | {
            /** @constant */
            role: "system";
            content: string | {
                /** @constant */
                type: "text";
                text: string;
            }[];
        };
        UserBlock: {
            /** @constant */
            type: "text";
            text: string;
        } | {
            /** @constant */
            type: "image";
            source: {
                /** @constant */
                type: "base64";
                /** @description A hint only: the bytes decide. */
                media_type?: string | null;
                data: string;
            } | {
                /** @constant */
                type: "url";
                /** @description An http or https address. */
                url: string;
            };
        } | {
            /** @constant */
            type: "document";
            source: {
                /** @constant */
                type: "text";
                media_type?: string | null;
                data: string;
            } | {
                /** @constant */
                type: "content";
                content: string | ({
                    /** @constant */
                    type: "text";
                    text: string;
                } | {
                    /** @constant */
                    type: "image";
                    source: {
                        /** @constant */
                        type: "base64";
                        /** @description A hint only: the bytes decide. */
                        media_type?: string | null;
                        data: string;
                    } | {
                        /** @constant */
                        type: "url";
                        /** @description An http or https address. */
                        url: string;
                    };
                })[];
            } | {
                /** @constant */
                type: "base64";
            } | {
                /** @constant */
                type: "url";
            };
            title?: string | null;
            context?: string | null;
        } | {
            /** @constant */
            type: "search_result";
            source: string;
            title: string;
            content: {
                /** @constant */
                type: "text";
                text: string;
            }[];
        } | {
            /** @constant */
            type: "tool_result";
            tool_use_id: string;
            content?: (string | components["schemas"]["MediaBlock"][]) | null;
            is_error?: boolean | null;
        };
        MediaBlock: {
            /** @constant */
            type: "text";
            text: string;
        } | {
            /** @constant */
            type: "image";
            source: {
                /** @constant */
                type: "base64";
                /** @description A hint only: the bytes decide. */
                media_type?: string | null;
                data: string;
            } | {
                /** @constant */
                type: "url";
                /** @description An http or https address. */
                url: string;
            };
        } | {
            /** @constant */
            type: "document";
            source: {
                /** @constant */
                type: "text";
                media_type?: string | null;
                data: string;
            } | {
                /** @constant */
                type: "content";
                content: string | ({
                    /** @constant */
                    type: "text";
                    text: string;
                } | {
                    /** @constant */
                    type: "image";
                    source: {
                        /** @constant */
                        type: "base64";
                        /** @description A hint only: the bytes decide. */
                        media_type?: string | null;
                        data: string;
                    } | {
                        /** @constant */
                        type: "url";
                        /** @description An http or https address. */
                        url: string;
                    };
                })[];
            } | {
                /** @constant */
                type: "base64";
            } | {
                /** @constant */
                type: "url";
            };
            title?: string | null;
            context?: string | null;
        } | {
            /** @constant */
            type: "search_result";
            source: string;
            title: string;
            content: {
                /** @constant */
                type: "text";
                text: string;
            }[];
        };
        AssistantBlock: {
            /** @constant */
            type: "text";
            text: string;
        } | {
            /** @constant */
            type: "thinking";
            thinking: string;
            /** @description Taken and not checked. */
            signature?: string | null;
        } | {
            /** @constant */
            type: "redacted_thinking";
            data: string;
        } | {
            /** @constant */
            type: "tool_use";
            id: string;
            name: string;
            input: {
                [key: string]: unknown;
            };
        };
        MessageTool: {
            /** @description `custom`, or absent. */
            type?: string | null;
            name: string;
            description?: string | null;
            /** @description A JSON Schema of an object; required. */
            input_schema?: {
                [key: string]: unknown;
            } | null;
            strict?: boolean | null;
        };
        CountTokensRequest: {
            /** @description The hub’s name or `auto`, a model’s id, or an alias. */
            model: string;
            messages: components["schemas"]["MessageParam"][];
            system?: (string | {
                /** @constant */
                type: "text";
                text: string;
            }[]) | null;
            tools?: components["schemas"]["MessageTool"][] | null;
            tool_choice?: ({
                /** @constant */
                type: "auto";
                disable_parallel_tool_use?: boolean | null;
            } | {
                /** @constant */
                type: "any";
                disable_parallel_tool_use?: boolean | null;
            } | {
                /** @constant */
                type: "tool";
                name: string;
                disable_parallel_tool_use?: boolean | null;
            } | {
                /** @constant */
                type: "none";
            }) | null;
            thinking?: ({
                /** @constant */
                type: "enabled";
                budget_tokens: number;
                /** @description `omitted`: thinking blocks come without their text. */
                display?: ("summarized" | "omitted") | null;
            } | {
                /** @constant */
                type: "adaptive";
                /** @description `omitted`: thinking blocks come without their text. */
                display?: ("summarized" | "omitted") | null;
            } | {
                /** @constant */
                type: "disabled";
            }) | null;
            output_config?: {
                /** @description The answer follows this schema exactly. */
                format?: {
                    /** @constant */
                    type: "json_schema";
                    schema: {
                        [key: string]: unknown;
                    };
                } | null;
            } | null;
        };
        ResponsesRequest: {
            /**
             * @description As for chat completions.
             * @default auto
             */
            model?: string;
            input?: (string | components["schemas"]["ResponseInputItem"][]) | null;
            /** @description A system message for this answer alone: it is not carried over by `previous_response_id`. */
            instructions?: string | null;
            /** @description The response whose conversation goes on. */
            previous_response_id?: string | null;
            text?: {
                format?: components["schemas"]["ResponseTextFormat"] | null;
                /** @description Taken and not used. */
                verbosity?: ("low" | "medium" | "high") | null;
            } | null;
            tools?: components["schemas"]["ResponseTool"][] | null;
            tool_choice?: components["schemas"]["ResponseToolChoice"] | null;
            parallel_tool_calls?: boolean | null;
            reasoning?: components["schemas"]["ResponseReasoning"] | null;
            /** @description `auto` is refused: nothing of a conversation is cut silently. */
            truncation?: ("auto" | "disabled") | null;
            /** @description Refused: `previous_response_id` goes on with a conversation. */
            conversation?: unknown;
            max_output_tokens?: number | null;
            temperature?: number | null;
            top_p?: number | null;
            top_logprobs?: number | null;
            /** @description `message.output_text.logprobs` returns log probabilities; the others have nothing to add. */
            include?: string[] | null;
            /** @description Whether the response is kept to be gone on with and retrieved; true by default. */
            store?: boolean | null;
            /** @description Answer at once and go on by itself; it is polled by its id. */
            background?: boolean | null;
            stream?: boolean | null;
            stream_options?: {
                include_obfuscation?: boolean | null;
            } | null;
            metadata?: {
                [key: string]: string;
            } | null;
            /** @description Refused: prompt templates only exist at OpenAI’s own service. */
            prompt?: unknown;
            service_tier?: string | null;
            /** @description Taken and not used: it bounds tools of OpenAI’s own service. */
            max_tool_calls?: number | null;
            safety_identifier?: string | null;
            prompt_cache_key?: string | null;
            user?: string | null;
            concert?: components["schemas"]["ConcertOptions"] | null;
            keep_alive?: (number | string) | null;
        };
        ResponseInputItem: {
            /** @constant */
            type?: "message";
            id?: string | null;
            /** @enum {string} */
            role: "user" | "assistant" | "system" | "developer";
            content: string | components["schemas"]["ResponseInputPart"][];
            status?: ("in_progress" | "completed" | "incomplete") | null;
        } | {
            /** @constant */
            type: "function_call";
            call_id: string;
            name: string;
            /** @description JSON text. */
            arguments: string;
            id?: string | null;
            status?: ("in_progress" | "completed" | "incomplete") | null;
        } | {
            /** @constant */
            type: "function_call_output";
            id?: string | null;
            call_id: string;
            output: string | components["schemas"]["ResponseInputPart"][];
            status?: ("in_progress" | "completed" | "incomplete") | null;
        } | {
            /** @constant */
            type: "reasoning";
            id?: string | null;
            summary?: {
                /** @constant */
                type: "summary_text";
                text: string;
            }[] | null;
            content?: {
                /** @constant */
                type: "reasoning_text";
                text: string;
            }[] | null;
            /** @description Taken and not used. */
            encrypted_content?: string | null;
            status?: ("in_progress" | "completed" | "incomplete") | null;
        } | {
            /** @constant */
            type: "item_reference";
            id: string;
        };
        ResponseInputPart: {
            /** @constant */
            type: "input_text";
            text: string;
        } | {
            /** @constant */
            type: "input_image";
            /** @description A data URI, or an http or https address. */
            image_url?: string | null;
            /** @description Refused: send the picture itself. */
            file_id?: string | null;
            /** @description Taken and not used: pictures are read whole. */
            detail?: string | null;
        } | {
            /** @constant */
            type: "input_file";
            /** @description Base64 or a data URI; the bytes decide what it is. */
            file_data?: string | null;
            file_url?: string | null;
            /** @description Refused: send the file itself. */
            file_id?: string | null;
            filename?: string | null;
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
            type: "output_text";
            text: string;
        } | {
            /** @constant */
            type: "refusal";
            refusal: string;
        };
        ResponseTextFormat: {
            /** @constant */
            type: "text";
        } | {
            /** @constant */
            type: "json_object";
        } | {
            /** @constant */
            type: "json_schema";
            name: string;
            description?: string | null;
            /** @description JSON Schema, draft 2020-12. */
            schema: {
                [key: string]: unknown;
            };
            /** @description Taken and not used: an answer always follows the schema. */
            strict?: boolean | null;
        };
        ResponseTool: {
            /** @description `function`: the tools of OpenAI’s own service are refused by name. */
            type: string;
            name?: string | null;
            description?: string | null;
            /** @description JSON Schema of an object; absent: no arguments. */
            parameters?: {
                [key: string]: unknown;
            } | null;
            /** @description Whether the arguments must follow the schema exactly; true by default, as at OpenAI. */
            strict?: boolean | null;
        };
        ResponseToolChoice: ("auto" | "none" | "required") | ({
            /** @constant */
            type: "function";
            name: string;
        } | {
            /** @constant */
            type: "allowed_tools";
            /** @enum {string} */
            mode: "auto" | "required";
            tools: {
                /** @constant */
                type: "function";
                name: string;
            }[];
        });
        ResponseReasoning: {
            effort?: ("none" | "minimal" | "low" | "medium" | "high" | "xhigh") | null;
            /** @description Tells the thoughts as summaries, as clients of OpenAI’s models expect; they are not shortened. */
            summary?: ("auto" | "concise" | "detailed") | null;
            /** @description The older name of `summary`. */
            generate_summary?: ("auto" | "concise" | "detailed") | null;
        };
        InputTokensRequest: {
            /**
             * @description As for chat completions.
             * @default auto
             */
            model?: string;
            input?: (string | components["schemas"]["ResponseInputItem"][]) | null;
            /** @description A system message for this answer alone: it is not carried over by `previous_response_id`. */
            instructions?: string | null;
            /** @description The response whose conversation goes on. */
            previous_response_id?: string | null;
            text?: {
                format?: components["schemas"]["ResponseTextFormat"] | null;
                /** @description Taken and not used. */
                verbosity?: ("low" | "medium" | "high") | null;
            } | null;
            tools?: components["schemas"]["ResponseTool"][] | null;
            tool_choice?: components["schemas"]["ResponseToolChoice"] | null;
            parallel_tool_calls?: boolean | null;
            reasoning?: components["schemas"]["ResponseReasoning"] | null;
            /** @description `auto` is refused: nothing of a conversation is cut silently. */
            truncation?: ("auto" | "disabled") | null;
            /** @description Refused: `previous_response_id` goes on with a conversation. */
            conversation?: unknown;
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
            /**
             * @description Log probabilities are not told: `logprobs` is refused.
             * @default []
             */
            include?: string[];
            /** @description Taken and not used: recordings are always cut where nobody speaks. */
            chunking_strategy?: string;
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
        EmbeddingRequest: {
            model?: string | null;
            /** @description A text, texts (2048 at most), or the same as token numbers of OpenAI’s `cl100k_base`, as several clients send them. */
            input: string | string[] | number[] | number[][];
            /** @description `float` by default. */
            encoding_format?: ("float" | "base64") | null;
            /** @description Keeps the first so many numbers of each vector and makes it of length 1 again; at most the model’s own. */
            dimensions?: number | null;
            /** @description What the texts are in a search. Without it they are treated as texts of one kind that are compared with each other. */
            input_type?: ("query" | "document" | "passage" | "search_query" | "search_document") | null;
            user?: string | null;
            keep_alive?: (number | string) | null;
            concert?: components["schemas"]["ConcertOptions"] | null;
        };
        KeepAliveRequest: {
            /** @description How long the model stays loaded afterwards: `0` unloads it, `-1` keeps it, `"5m"`, `"90s"`, or seconds. */
            keep_alive: number | string;
        };
        RealtimeClientEvent: {
            event_id?: string | null;
            /** @enum {string} */
            type: "session.update" | "transcription_session.update";
            session: components["schemas"]["RealtimeSessionSettings"];
        } | {
            event_id?: string | null;
            /** @constant */
            type: "input_audio_buffer.append";
            audio: string;
        } | {
            event_id?: string | null;
            /** @constant */
            type: "input_audio_buffer.commit";
        } | {
            event_id?: string | null;
            /** @constant */
            type: "input_audio_buffer.clear";
        } | {
            event_id?: string | null;
            /** @constant */
            type: "conversation.item.create";
            previous_item_id?: string | null;
            item: components["schemas"]["RealtimeItem"];
        } | {
            event_id?: string | null;
            /** @constant */
            type: "conversation.item.retrieve";
            item_id: string;
        } | {
            event_id?: string | null;
            /** @constant */
            type: "conversation.item.truncate";
            item_id: string;
            content_index: number;
            audio_end_ms: number;
        } | {
            event_id?: string | null;
            /** @constant */
            type: "conversation.item.delete";
            item_id: string;
        } | {
            event_id?: string | null;
            /** @constant */
            type: "response.create";
            response?: components["schemas"]["RealtimeResponseSettings"] | null;
        } | {
            event_id?: string | null;
            /** @constant */
            type: "response.cancel";
            response_id?: string | null;
        } | {
            event_id?: string | null;
            /** @constant */
            type: "output_audio_buffer.clear";
        };
        RealtimeSessionSettings: {
            instructions?: string | null;
            output_modalities?: ("text" | "audio")[] | null;
            modalities?: ("text" | "audio")[] | null;
            output_audio_format?: components["schemas"]["RealtimeAudioFormat"] | null;
            voice?: (string | {
                id: string;
            }) | null;
            tools?: {
                type: string;
                name?: string | null;
                description?: string | null;
                parameters?: {
                    [key: string]: unknown;
                } | null;
            }[] | null;
            tool_choice?: (("none" | "auto" | "required") | {
                type: string;
                name?: string | null;
                function?: {
                    name: string;
                } | null;
            }) | null;
            parallel_tool_calls?: boolean | null;
            temperature?: number | null;
            max_output_tokens?: (number | "inf") | null;
            max_response_output_tokens?: (number | "inf") | null;
            prompt?: unknown;
            type?: ("realtime" | "transcription") | null;
            model?: string | null;
            audio?: {
                input?: {
                    format?: (components["schemas"]["RealtimeAudioFormat"] | {
                        /** @enum {string} */
                        type: "audio/pcm" | "audio/pcmu" | "audio/pcma";
                        /** @description Of PCM; G.711 has 8,000 samples a second. */
                        rate?: 24000 | null;
                    }) | null;
                    transcription?: {
                        model?: string | null;
                        language?: string | null;
                        prompt?: string | null;
                    } | null;
                    turn_detection?: {
                        type?: ("server_vad" | "semantic_vad") | null;
                        threshold?: number | null;
                        prefix_padding_ms?: number | null;
                        silence_duration_ms?: number | null;
                        create_response?: boolean | null;
                        interrupt_response?: boolean | null;
                        idle_timeout_ms?: number | null;
                        eagerness?: ("low" | "medium" | "high" | "auto") | null;
                    } | null;
                    noise_reduction?: unknown;
                } | null;
                output?: {
                    format?: (components["schemas"]["RealtimeAudioFormat"] | {
                        /** @enum {string} */
                        type: "audio/pcm" | "audio/pcmu" | "audio/pcma";
                        /** @description Of PCM; G.711 has 8,000 samples a second. */
                        rate?: 24000 | null;
                    }) | null;
                    voice?: (string | {
                        id: string;
                    }) | null;
                    speed?: number | null;
                } | null;
            } | null;
            input_audio_format?: components["schemas"]["RealtimeAudioFormat"] | null;
            input_audio_transcription?: {
                model?: string | null;
                language?: string | null;
                prompt?: string | null;
            } | null;
            turn_detection?: {
                type?: ("server_vad" | "semantic_vad") | null;
                threshold?: number | null;
                prefix_padding_ms?: number | null;
                silence_duration_ms?: number | null;
                create_response?: boolean | null;
                interrupt_response?: boolean | null;
                idle_timeout_ms?: number | null;
                eagerness?: ("low" | "medium" | "high" | "auto") | null;
            } | null;
            speed?: number | null;
        };
        /** @enum {string} */
        RealtimeAudioFormat: "pcm16" | "g711_ulaw" | "g711_alaw";
        RealtimeItem: {
            id?: string | null;
            object?: unknown;
            status?: unknown;
            /** @constant */
            type: "message";
            /** @enum {string} */
            role: "system" | "user" | "assistant";
            content: {
                /** @enum {string} */
                type: "input_text" | "input_audio" | "input_image" | "output_text" | "output_audio" | "text" | "audio";
                text?: string | null;
                audio?: string | null;
                transcript?: string | null;
                image_url?: string | null;
            }[];
        } | {
            id?: string | null;
            object?: unknown;
            status?: unknown;
            /** @constant */
            type: "function_call";
            call_id?: string | null;
            name: string;
            arguments: string;
        } | {
            id?: string | null;
            object?: unknown;
            status?: unknown;
            /** @constant */
            type: "function_call_output";
            call_id: string;
            output: string;
        };
        RealtimeResponseSettings: {
            instructions?: string | null;
            output_modalities?: ("text" | "audio")[] | null;
            modalities?: ("text" | "audio")[] | null;
            output_audio_format?: components["schemas"]["RealtimeAudioFormat"] | null;
            voice?: (string | {
                id: string;
            }) | null;
            tools?: {
                type: string;
                name?: string | null;
                description?: string | null;
                parameters?: {
                    [key: string]: unknown;
                } | null;
            }[] | null;
            tool_choice?: (("none" | "auto" | "required") | {
                type: string;
                name?: string | null;
                function?: {
                    name: string;
                } | null;
            }) | null;
            parallel_tool_calls?: boolean | null;
            temperature?: number | null;
            max_output_tokens?: (number | "inf") | null;
            max_response_output_tokens?: (number | "inf") | null;
            prompt?: unknown;
            audio?: {
                output?: {
                    format?: (components["schemas"]["RealtimeAudioFormat"] | {
                        /** @enum {string} */
                        type: "audio/pcm" | "audio/pcmu" | "audio/pcma";
                        /** @description Of PCM; G.711 has 8,000 samples a second. */
                        rate?: 24000 | null;
                    }) | null;
                    voice?: (string | {
                        id: string;
                    }) | null;
                    speed?: number | null;
                } | null;
            } | null;
            conversation?: ("auto" | "none") | null;
            metadata?: {
                [key: string]: string;
            } | null;
            input?: ({
                /** @constant */
                type: "item_reference";
                id: string;
            } | components["schemas"]["RealtimeItem"])[] | null;
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
        MessageError: {
            /** @constant */
            type: "error";
            error: {
                /** @description Anthropic’s class of error. */
                type: string;
                /** @description A plain sentence that says what to do. */
                message: string;
                details: {
                    /** @description One of the codes in docs/errors.md; for the field `thread` Anthropic’s own, `thread_unsupported_request`. */
                    error_code: string;
                    /** @description The field at fault, dotted. */
                    param: string | null;
                    /** @description With `thread_unsupported_request`: what asked for it. */
                    unsupported?: string[];
                };
            };
            request_id: string;
        };
        ChatCompletion: {
            id: string;
            /** @constant */
            object: "chat.completion";
            created: number;
            model: string;
            /** @description Changes with the server’s version and the weights that answer. */
            system_fingerprint: string;
            choices: {
                index: number;
                message: {
                    /** @constant */
                    role: "assistant";
                    /** @description Null where there are calls or sound and no words. */
                    content: string | null;
                    refusal: null;
                    reasoning_content?: string;
                    /** @description The same as `reasoning_content`. */
                    reasoning?: string;
                    tool_calls?: {
                        id: string;
                        /** @constant */
                        type: "function";
                        function: {
                            name: string;
                            /** @description JSON, as the model wrote it. */
                            arguments: string;
                        };
                    }[];
                    /** @description Where `functions` were sent. */
                    function_call?: {
                        name: string;
                        arguments: string;
                    };
                    audio?: components["schemas"]["AnswerAudio"];
                };
                logprobs: components["schemas"]["ChatLogprobs"] | null;
                /** @enum {string} */
                finish_reason: "stop" | "length" | "tool_calls" | "function_call";
            }[];
            usage: components["schemas"]["Usage"];
            /** @description Only when `concert.trace` was asked. */
            concert?: {
                plan: components["schemas"]["PlanReport"];
            };
        };
        AnswerAudio: {
            id: string;
            /** @description Base64, in the format asked for. */
            data: string;
            transcript: string;
            /** @description Seconds since the epoch. */
            expires_at: number;
        };
        ChatLogprobs: {
            content: {
                token: string;
                /** @description UTF-8; a token may be part of a character. */
                bytes: number[];
                /** @description Natural logarithm of its probability; -9999 for the impossible. */
                logprob: number;
                top_logprobs: {
                    token: string;
                    /** @description UTF-8; a token may be part of a character. */
                    bytes: number[];
                    /** @description Natural logarithm of its probability; -9999 for the impossible. */
                    logprob: number;
                }[];
            }[];
            refusal: null;
        };
        Usage: {
            prompt_tokens: number;
            /** @description Of all choices together. */
            completion_tokens: number;
            total_tokens: number;
            prompt_tokens_details: {
                cached_tokens: number;
            };
            completion_tokens_details: {
                reasoning_tokens: number;
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
        Completion: {
            id: string;
            /** @constant */
            object: "text_completion";
            created: number;
            model: string;
            choices: {
                text: string;
                /** @description Choices of the first prompt come first. */
                index: number;
                logprobs: components["schemas"]["CompletionLogprobs"] | null;
                /** @enum {string} */
                finish_reason: "stop" | "length";
            }[];
            usage: components["schemas"]["Usage"];
            /** @description Only when `concert.trace` was asked: how the first prompt was answered. */
            concert?: {
                plan: components["schemas"]["PlanReport"];
            };
        };
        CompletionLogprobs: {
            tokens: string[];
            token_logprobs: number[];
            /** @description Always with the token that was chosen. */
            top_logprobs: {
                [key: string]: number;
            }[];
            /** @description Where each begins in `text`, in characters. */
            text_offset: number[];
        };
        Message: {
            id: string;
            /** @constant */
            type: "message";
            /** @constant */
            role: "assistant";
            model: string;
            content: components["schemas"]["AnswerBlock"][];
            /** @description Null only in `message_start`. */
            stop_reason: ("end_turn" | "max_tokens" | "stop_sequence" | "tool_use" | "model_context_window_exceeded") | null;
            /** @description The one of `stop_sequences` that ended the answer. */
            stop_sequence: string | null;
            stop_details: null;
            container: null;
            usage: components["schemas"]["MessageUsage"];
            /** @description Only when `concert.trace` was asked. */
            concert?: {
                plan: components["schemas"]["PlanReport"];
            };
        };
        AnswerBlock: {
            /** @constant */
            type: "thinking";
            thinking: string;
            signature: string;
        } | {
            /** @constant */
            type: "text";
            text: string;
            citations: null;
        } | {
            /** @constant */
            type: "tool_use";
            id: string;
            name: string;
            input: {
                [key: string]: unknown;
            };
            caller: {
                /** @constant */
                type: "direct";
            };
        };
        MessageUsage: {
            /** @description Without those found in the cache. */
            input_tokens: number;
            cache_creation_input_tokens: number;
            cache_read_input_tokens: number;
            output_tokens: number;
            output_tokens_details: {
                thinking_tokens: number;
            };
            /** @constant */
            service_tier: "standard";
        };
        CountTokensAnswer: {
            input_tokens: number;
        };
        Response: {
            id: string;
            /** @constant */
            object: "response";
            /** @description Seconds since the epoch. */
            created_at: number;
            completed_at: number | null;
            /** @enum {string} */
            status: "queued" | "in_progress" | "completed" | "incomplete" | "failed" | "cancelled";
            background: boolean;
            error: {
                code: string;
                message: string;
            } | null;
            incomplete_details: {
                /** @enum {string} */
                reason: "max_output_tokens" | "content_filter";
            } | null;
            instructions: string | null;
            max_output_tokens: number | null;
            metadata: {
                [key: string]: string;
            };
            model: string;
            output: components["schemas"]["ResponseOutputItem"][];
            parallel_tool_calls: boolean;
            previous_response_id: string | null;
            prompt_cache_key: string | null;
            reasoning: {
                effort?: ("none" | "minimal" | "low" | "medium" | "high" | "xhigh") | null;
                /** @description Tells the thoughts as summaries, as clients of OpenAI’s models expect; they are not shortened. */
                summary?: ("auto" | "concise" | "detailed") | null;
            };
            safety_identifier: string | null;
            /** @constant */
            service_tier: "default";
            /** @description False where it was asked to be kept and could not be. */
            store: boolean;
            /** @description Null: the model’s own. */
            temperature: number | null;
            text: {
                format: components["schemas"]["ResponseTextFormat"];
                verbosity: ("low" | "medium" | "high") | null;
            };
            tool_choice: components["schemas"]["ResponseToolChoice"];
            tools: components["schemas"]["ResponseTool"][];
            top_logprobs: number;
            /** @description Null: the model’s own. */
            top_p: number | null;
            /** @constant */
            truncation: "disabled";
            usage: {
                input_tokens: number;
                input_tokens_details: {
                    cached_tokens: number;
                    cache_write_tokens: number;
                };
                output_tokens: number;
                output_tokens_details: {
                    reasoning_tokens: number;
                };
                total_tokens: number;
            } | null;
            user: string | null;
            /** @description Only when `concert.trace` was asked. */
            concert?: {
                plan: components["schemas"]["PlanReport"];
            };
        };
        ResponseOutputItem: {
            /** @constant */
            type: "message";
            id: string;
            /** @constant */
            role: "assistant";
            /** @enum {string} */
            status: "in_progress" | "completed" | "incomplete";
            content: components["schemas"]["ResponseOutputText"][];
        } | {
            /** @constant */
            type: "function_call";
            call_id: string;
            name: string;
            /** @description JSON text. */
            arguments: string;
            id: string;
            /** @enum {string} */
            status: "in_progress" | "completed" | "incomplete";
        } | {
            /** @constant */
            type: "reasoning";
            id: string;
            summary: {
                /** @constant */
                type: "summary_text";
                text: string;
            }[];
            /** @description What the model thought, where no summary was asked for. */
            content?: {
                /** @constant */
                type: "reasoning_text";
                text: string;
            }[];
            encrypted_content: null;
            /** @enum {string} */
            status: "in_progress" | "completed" | "incomplete";
        };
        ResponseOutputText: {
            /** @constant */
            type: "output_text";
            text: string;
            annotations: unknown[];
            logprobs: components["schemas"]["ResponseLogprob"][];
        };
        ResponseLogprob: {
            token: string;
            bytes: number[];
            logprob: number;
            top_logprobs: {
                token: string;
                bytes: number[];
                logprob: number;
            }[];
        };
        InputTokensAnswer: {
            /** @constant */
            object: "response.input_tokens";
            input_tokens: number;
        };
        DeletedResponse: {
            id: string;
            /** @constant */
            object: "response";
            /** @constant */
            deleted: true;
        };
        ResponseItemList: {
            /** @constant */
            object: "list";
            data: components["schemas"]["ResponseListedItem"][];
            first_id: string | null;
            last_id: string | null;
            has_more: boolean;
        };
        ResponseListedItem: {
            /** @constant */
            type: "message";
            id: string;
            /** @enum {string} */
            role: "user" | "assistant" | "system" | "developer";
            /** @enum {string} */
            status: "in_progress" | "completed" | "incomplete";
            content: (components["schemas"]["ResponseOutputText"] | components["schemas"]["ResponseInputPart"])[];
        } | {
            /** @constant */
            type: "function_call";
            call_id: string;
            name: string;
            /** @description JSON text. */
            arguments: string;
            id: string;
            /** @enum {string} */
            status: "in_progress" | "completed" | "incomplete";
        } | {
            /** @constant */
            type: "function_call_output";
            id: string;
            call_id: string;
            output: string | components["schemas"]["ResponseInputPart"][];
            /** @enum {string} */
            status: "in_progress" | "completed" | "incomplete";
        } | {
            /** @constant */
            type: "reasoning";
            id: string;
            summary: {
                /** @constant */
                type: "summary_text";
                text: string;
            }[];
            content?: {
                /** @constant */
                type: "reasoning_text";
                text: string;
            }[];
            encrypted_content: null;
            /** @enum {string} */
            status: "in_progress" | "completed" | "incomplete";
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
            /** @description Where `timestamp_granularities` has `word`. */
            words?: {
                word: string;
                start: number;
                end: number;
            }[];
            /** @description Absent where only words were asked for. */
            segments?: {
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
        VoiceList: {
            /** @constant */
            object: "list";
            voices: components["schemas"]["Voice"][];
        };
        Voice: {
            /** @description What `voice` takes. */
            id: string;
            /** @constant */
            object: "voice";
            /** @description For people. */
            name: string;
            /** @description The model that speaks; null where the text’s language decides. */
            model: string | null;
            /** @description ISO 639-1. */
            languages: string[];
            /** @description The voice that is meant, or `auto`: the default voice of the text’s language. Null: itself. */
            stands_for: string | null;
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
        EmbeddingList: {
            /** @constant */
            object: "list";
            data: {
                /** @constant */
                object: "embedding";
                index: number;
                /** @description Numbers, or with `base64` their bytes as little-endian 32-bit floats. */
                embedding: number[] | string;
            }[];
            model: string;
            usage: {
                prompt_tokens: number;
                total_tokens: number;
            };
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
            /** @description Changes with the server’s version and the weights that answer. */
            system_fingerprint: string;
            /** @description Empty on the last chunk, which carries `usage` when it was asked. */
            choices: {
                index: number;
                delta: {
                    /** @constant */
                    role?: "assistant";
                    content?: string;
                    reasoning_content?: string;
                    reasoning?: string;
                    tool_calls?: {
                        index: number;
                        /** @description With the call’s first piece, as are `type` and `name`. */
                        id?: string;
                        /** @constant */
                        type?: "function";
                        function: {
                            name?: string;
                            arguments: string;
                        };
                    }[];
                    function_call?: {
                        name?: string;
                        arguments: string;
                    };
                    audio?: {
                        id?: string;
                        /** @description Base64, in the format asked for. */
                        data?: string;
                        transcript?: string;
                        /** @description Seconds since the epoch. */
                        expires_at?: number;
                    };
                };
                logprobs: components["schemas"]["ChatLogprobs"] | null;
                finish_reason: ("stop" | "length" | "tool_calls" | "function_call") | null;
            }[];
            usage?: components["schemas"]["Usage"] | null;
            /** @description Only when `concert.trace` was asked. */
            concert?: {
                plan: components["schemas"]["PlanReport"];
            };
        };
        CompletionChunk: {
            id: string;
            /** @constant */
            object: "text_completion";
            created: number;
            model: string;
            /** @description Empty on the last chunk, which carries `usage` and `concert` when they were asked. */
            choices: {
                text: string;
                /** @description Choices of the first prompt come first. */
                index: number;
                logprobs: components["schemas"]["CompletionLogprobs"] | null;
                finish_reason: ("stop" | "length") | null;
            }[];
            usage?: components["schemas"]["Usage"] | null;
            /** @description Only when `concert.trace` was asked: how the first prompt was answered. */
            concert?: {
                plan: components["schemas"]["PlanReport"];
            };
        };
        MessageStreamEvent: {
            /** @constant */
            type: "message_start";
            message: components["schemas"]["Message"];
        } | {
            /** @constant */
            type: "content_block_start";
            index: number;
            content_block: components["schemas"]["AnswerBlock"];
        } | {
            /** @constant */
            type: "ping";
        } | {
            /** @constant */
            type: "content_block_delta";
            index: number;
            delta: {
                /** @constant */
                type: "text_delta";
                text: string;
            } | {
                /** @constant */
                type: "thinking_delta";
                thinking: string;
            } | {
                /** @constant */
                type: "signature_delta";
                signature: string;
            } | {
                /** @constant */
                type: "input_json_delta";
                partial_json: string;
            };
        } | {
            /** @constant */
            type: "content_block_stop";
            index: number;
        } | {
            /** @constant */
            type: "message_delta";
            delta: {
                /** @enum {string} */
                stop_reason: "end_turn" | "max_tokens" | "stop_sequence" | "tool_use" | "model_context_window_exceeded";
                stop_sequence: string | null;
                stop_details: null;
                container: null;
            };
            /** @description Of the whole message. */
            usage: components["schemas"]["MessageUsage"];
            /** @description Only when `concert.trace` was asked. */
            concert?: {
                plan: components["schemas"]["PlanReport"];
            };
        } | {
            /** @constant */
            type: "message_stop";
        };
        ResponseStreamEvent: {
            /** @constant */
            type: "response.created";
            sequence_number: number;
            response: components["schemas"]["Response"];
        } | {
            /** @constant */
            type: "response.queued";
            sequence_number: number;
            response: components["schemas"]["Response"];
        } | {
            /** @constant */
            type: "response.in_progress";
            sequence_number: number;
            response: components["schemas"]["Response"];
        } | {
            /** @constant */
            type: "response.completed";
            sequence_number: number;
            response: components["schemas"]["Response"];
        } | {
            /** @constant */
            type: "response.incomplete";
            sequence_number: number;
            response: components["schemas"]["Response"];
        } | {
            /** @constant */
            type: "response.failed";
            sequence_number: number;
            response: components["schemas"]["Response"];
        } | {
            /** @constant */
            type: "response.output_item.added";
            sequence_number: number;
            output_index: number;
            item: components["schemas"]["ResponseOutputItem"];
        } | {
            /** @constant */
            type: "response.output_item.done";
            sequence_number: number;
            output_index: number;
            item: components["schemas"]["ResponseOutputItem"];
        } | {
            /** @constant */
            type: "response.content_part.added";
            sequence_number: number;
            item_id: string;
            output_index: number;
            content_index: number;
            part: components["schemas"]["ResponseOutputText"] | {
                /** @constant */
                type: "reasoning_text";
                text: string;
            };
        } | {
            /** @constant */
            type: "response.content_part.done";
            sequence_number: number;
            item_id: string;
            output_index: number;
            content_index: number;
            part: components["schemas"]["ResponseOutputText"] | {
                /** @constant */
                type: "reasoning_text";
                text: string;
            };
        } | {
            /** @constant */
            type: "response.output_text.delta";
            sequence_number: number;
            item_id: string;
            output_index: number;
            content_index: number;
            delta: string;
            logprobs: components["schemas"]["ResponseLogprob"][];
        } | {
            /** @constant */
            type: "response.output_text.done";
            sequence_number: number;
            item_id: string;
            output_index: number;
            content_index: number;
            text: string;
            logprobs: components["schemas"]["ResponseLogprob"][];
        } | {
            /** @constant */
            type: "response.reasoning_text.delta";
            sequence_number: number;
            item_id: string;
            output_index: number;
            content_index: number;
            delta: string;
        } | {
            /** @constant */
            type: "response.reasoning_text.done";
            sequence_number: number;
            item_id: string;
            output_index: number;
            content_index: number;
            text: string;
        } | {
            /** @constant */
            type: "response.reasoning_summary_part.added";
            sequence_number: number;
            item_id: string;
            output_index: number;
            summary_index: number;
            part: {
                /** @constant */
                type: "summary_text";
                text: string;
            };
        } | {
            /** @constant */
            type: "response.reasoning_summary_part.done";
            sequence_number: number;
            item_id: string;
            output_index: number;
            summary_index: number;
            part: {
                /** @constant */
                type: "summary_text";
                text: string;
            };
        } | {
            /** @constant */
            type: "response.reasoning_summary_text.delta";
            sequence_number: number;
            item_id: string;
            output_index: number;
            summary_index: number;
            delta: string;
        } | {
            /** @constant */
            type: "response.reasoning_summary_text.done";
            sequence_number: number;
            item_id: string;
            output_index: number;
            summary_index: number;
            text: string;
        } | {
            /** @constant */
            type: "response.function_call_arguments.delta";
            sequence_number: number;
            item_id: string;
            output_index: number;
            delta: string;
        } | {
            /** @constant */
            type: "response.function_call_arguments.done";
            sequence_number: number;
            item_id: string;
            output_index: number;
            name: string;
            arguments: string;
        } | {
            /** @constant */
            type: "error";
            sequence_number: number;
            /** @description A plain sentence that says what to do. */
            message: string;
            /** @description The field at fault, dotted: `messages.0.content`. */
            param: string | null;
            /** @description One of the codes in docs/errors.md. */
            code: string;
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
    headers: {
        /** @description The request’s id, the client’s own if it sent one. */
        "x-request-id": string;
        /** @description Seconds after which to try again, where that makes sense. */
        "retry-after": string;
    };
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
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChatCompletion"];
                    "text/event-stream": {
                        event?: string;
                        data: "[DONE]" | string;
                    };
                };
            };
            /** @description Failed with 400; the code in the body says why. */
            400: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 404; the code in the body says why. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 408; the code in the body says why. */
            408: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 413; the code in the body says why. */
            413: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 415; the code in the body says why. */
            415: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 422; the code in the body says why. */
            422: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 429; the code in the body says why. */
            429: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    "retry-after": components["headers"]["retry-after"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 502; the code in the body says why. */
            502: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 503; the code in the body says why. */
            503: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    "retry-after": components["headers"]["retry-after"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 504; the code in the body says why. */
            504: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    createCompletion: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CompletionRequest"];
            };
        };
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Completion"];
                    "text/event-stream": {
                        event?: string;
                        data: "[DONE]" | string;
                    };
                };
            };
            /** @description Failed with 400; the code in the body says why. */
            400: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 404; the code in the body says why. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 408; the code in the body says why. */
            408: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 413; the code in the body says why. */
            413: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 415; the code in the body says why. */
            415: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 422; the code in the body says why. */
            422: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 429; the code in the body says why. */
            429: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    "retry-after": components["headers"]["retry-after"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 502; the code in the body says why. */
            502: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 503; the code in the body says why. */
            503: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    "retry-after": components["headers"]["retry-after"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 504; the code in the body says why. */
            504: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    createMessage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MessagesRequest"];
            };
        };
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                    "text/event-stream": {
                        event?: string;
                        data: "[DONE]" | string;
                    };
                };
            };
            /** @description Failed with 400; the code in the body says why. */
            400: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageError"];
                };
            };
            /** @description Failed with 404; the code in the body says why. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageError"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageError"];
                };
            };
            /** @description Failed with 408; the code in the body says why. */
            408: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageError"];
                };
            };
            /** @description Failed with 413; the code in the body says why. */
            413: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageError"];
                };
            };
            /** @description Failed with 415; the code in the body says why. */
            415: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageError"];
                };
            };
            /** @description Failed with 422; the code in the body says why. */
            422: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageError"];
                };
            };
            /** @description Failed with 429; the code in the body says why. */
            429: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    "retry-after": components["headers"]["retry-after"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageError"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageError"];
                };
            };
            /** @description Failed with 502; the code in the body says why. */
            502: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageError"];
                };
            };
            /** @description Failed with 503; the code in the body says why. */
            503: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    "retry-after": components["headers"]["retry-after"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageError"];
                };
            };
            /** @description Failed with 504; the code in the body says why. */
            504: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageError"];
                };
            };
        };
    };
    countMessageTokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CountTokensRequest"];
            };
        };
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CountTokensAnswer"];
                };
            };
            /** @description Failed with 400; the code in the body says why. */
            400: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageError"];
                };
            };
            /** @description Failed with 404; the code in the body says why. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageError"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageError"];
                };
            };
            /** @description Failed with 408; the code in the body says why. */
            408: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageError"];
                };
            };
            /** @description Failed with 413; the code in the body says why. */
            413: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageError"];
                };
            };
            /** @description Failed with 415; the code in the body says why. */
            415: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageError"];
                };
            };
            /** @description Failed with 422; the code in the body says why. */
            422: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageError"];
                };
            };
            /** @description Failed with 429; the code in the body says why. */
            429: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    "retry-after": components["headers"]["retry-after"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageError"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageError"];
                };
            };
            /** @description Failed with 502; the code in the body says why. */
            502: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageError"];
                };
            };
            /** @description Failed with 503; the code in the body says why. */
            503: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    "retry-after": components["headers"]["retry-after"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageError"];
                };
            };
            /** @description Failed with 504; the code in the body says why. */
            504: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageError"];
                };
            };
        };
    };
    createResponse: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResponsesRequest"];
            };
        };
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Response"];
                    "text/event-stream": {
                        event?: string;
                        data: "[DONE]" | string;
                    };
                };
            };
            /** @description Failed with 400; the code in the body says why. */
            400: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 404; the code in the body says why. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 408; the code in the body says why. */
            408: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 413; the code in the body says why. */
            413: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 415; the code in the body says why. */
            415: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 422; the code in the body says why. */
            422: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 429; the code in the body says why. */
            429: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    "retry-after": components["headers"]["retry-after"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 502; the code in the body says why. */
            502: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 503; the code in the body says why. */
            503: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    "retry-after": components["headers"]["retry-after"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 504; the code in the body says why. */
            504: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    countResponseTokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InputTokensRequest"];
            };
        };
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InputTokensAnswer"];
                };
            };
            /** @description Failed with 400; the code in the body says why. */
            400: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 404; the code in the body says why. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 408; the code in the body says why. */
            408: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 413; the code in the body says why. */
            413: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 415; the code in the body says why. */
            415: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 422; the code in the body says why. */
            422: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 429; the code in the body says why. */
            429: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    "retry-after": components["headers"]["retry-after"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 502; the code in the body says why. */
            502: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 503; the code in the body says why. */
            503: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    "retry-after": components["headers"]["retry-after"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 504; the code in the body says why. */
            504: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getResponse: {
        parameters: {
            query?: {
                stream?: "0" | "1" | "true" | "false";
                starting_after?: number;
            };
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
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Response"];
                    "text/event-stream": {
                        event?: string;
                        data: "[DONE]" | string;
                    };
                };
            };
            /** @description Failed with 400; the code in the body says why. */
            400: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 404; the code in the body says why. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 503; the code in the body says why. */
            503: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    "retry-after": components["headers"]["retry-after"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    deleteResponse: {
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
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeletedResponse"];
                };
            };
            /** @description Failed with 404; the code in the body says why. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 503; the code in the body says why. */
            503: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    "retry-after": components["headers"]["retry-after"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listResponseInputItems: {
        parameters: {
            query?: {
                limit?: number;
                order?: "asc" | "desc";
                after?: string;
            };
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
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResponseItemList"];
                };
            };
            /** @description Failed with 400; the code in the body says why. */
            400: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 404; the code in the body says why. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 503; the code in the body says why. */
            503: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    "retry-after": components["headers"]["retry-after"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    cancelResponse: {
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
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Response"];
                };
            };
            /** @description Failed with 400; the code in the body says why. */
            400: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 404; the code in the body says why. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 503; the code in the body says why. */
            503: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    "retry-after": components["headers"]["retry-after"];
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
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RouteAnswer"];
                };
            };
            /** @description Failed with 400; the code in the body says why. */
            400: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 404; the code in the body says why. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 408; the code in the body says why. */
            408: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 413; the code in the body says why. */
            413: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 415; the code in the body says why. */
            415: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 422; the code in the body says why. */
            422: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 429; the code in the body says why. */
            429: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    "retry-after": components["headers"]["retry-after"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 502; the code in the body says why. */
            502: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 503; the code in the body says why. */
            503: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    "retry-after": components["headers"]["retry-after"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 504; the code in the body says why. */
            504: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
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
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Transcription"] | components["schemas"]["VerboseTranscription"];
                    "text/plain": string;
                    "text/vtt": string;
                    "application/x-subrip": string;
                    "text/event-stream": {
                        event?: string;
                        data: "[DONE]" | string;
                    };
                };
            };
            /** @description Failed with 400; the code in the body says why. */
            400: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 404; the code in the body says why. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 408; the code in the body says why. */
            408: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 413; the code in the body says why. */
            413: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 415; the code in the body says why. */
            415: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 422; the code in the body says why. */
            422: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 429; the code in the body says why. */
            429: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    "retry-after": components["headers"]["retry-after"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 502; the code in the body says why. */
            502: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 503; the code in the body says why. */
            503: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    "retry-after": components["headers"]["retry-after"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 504; the code in the body says why. */
            504: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
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
                    "x-request-id": components["headers"]["x-request-id"];
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
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 404; the code in the body says why. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 408; the code in the body says why. */
            408: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 413; the code in the body says why. */
            413: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 415; the code in the body says why. */
            415: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 422; the code in the body says why. */
            422: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 429; the code in the body says why. */
            429: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    "retry-after": components["headers"]["retry-after"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 502; the code in the body says why. */
            502: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 503; the code in the body says why. */
            503: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    "retry-after": components["headers"]["retry-after"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 504; the code in the body says why. */
            504: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
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
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "audio/mpeg": string;
                    "audio/ogg": string;
                    "audio/wav": string;
                    "audio/pcm": string;
                    "audio/flac": string;
                    "text/event-stream": {
                        event?: string;
                        data: "[DONE]" | string;
                    };
                };
            };
            /** @description Failed with 400; the code in the body says why. */
            400: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 404; the code in the body says why. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 408; the code in the body says why. */
            408: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 413; the code in the body says why. */
            413: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 415; the code in the body says why. */
            415: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 422; the code in the body says why. */
            422: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 429; the code in the body says why. */
            429: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    "retry-after": components["headers"]["retry-after"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 502; the code in the body says why. */
            502: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 503; the code in the body says why. */
            503: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    "retry-after": components["headers"]["retry-after"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 504; the code in the body says why. */
            504: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listVoices: {
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
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VoiceList"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
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
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OcrAnswer"];
                };
            };
            /** @description Failed with 400; the code in the body says why. */
            400: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 404; the code in the body says why. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 408; the code in the body says why. */
            408: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 413; the code in the body says why. */
            413: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 415; the code in the body says why. */
            415: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 422; the code in the body says why. */
            422: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 429; the code in the body says why. */
            429: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    "retry-after": components["headers"]["retry-after"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 502; the code in the body says why. */
            502: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 503; the code in the body says why. */
            503: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    "retry-after": components["headers"]["retry-after"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 504; the code in the body says why. */
            504: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    createEmbedding: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EmbeddingRequest"];
            };
        };
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EmbeddingList"];
                };
            };
            /** @description Failed with 400; the code in the body says why. */
            400: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 404; the code in the body says why. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 408; the code in the body says why. */
            408: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 413; the code in the body says why. */
            413: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 415; the code in the body says why. */
            415: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 422; the code in the body says why. */
            422: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 429; the code in the body says why. */
            429: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    "retry-after": components["headers"]["retry-after"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 502; the code in the body says why. */
            502: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 503; the code in the body says why. */
            503: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    "retry-after": components["headers"]["retry-after"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 504; the code in the body says why. */
            504: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
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
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelList"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
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
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Model"];
                };
            };
            /** @description Failed with 404; the code in the body says why. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
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
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not ready. */
            503: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
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
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Probe"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not ready. */
            503: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
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
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Probe"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Not ready. */
            503: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
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
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdminModels"];
                };
            };
            /** @description Failed with 403; the code in the body says why. */
            403: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
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
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SlotReport"];
                };
            };
            /** @description Failed with 403; the code in the body says why. */
            403: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 404; the code in the body says why. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
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
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SlotReport"];
                };
            };
            /** @description Failed with 403; the code in the body says why. */
            403: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 404; the code in the body says why. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 429; the code in the body says why. */
            429: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    "retry-after": components["headers"]["retry-after"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 503; the code in the body says why. */
            503: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    "retry-after": components["headers"]["retry-after"];
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
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UnloadAnswer"];
                };
            };
            /** @description Failed with 403; the code in the body says why. */
            403: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 404; the code in the body says why. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
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
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SlotReport"];
                };
            };
            /** @description Failed with 403; the code in the body says why. */
            403: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 404; the code in the body says why. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
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
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SlotReport"];
                };
            };
            /** @description Failed with 403; the code in the body says why. */
            403: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 404; the code in the body says why. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
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
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SlotReport"];
                };
            };
            /** @description Failed with 400; the code in the body says why. */
            400: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 403; the code in the body says why. */
            403: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 404; the code in the body says why. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 408; the code in the body says why. */
            408: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 413; the code in the body says why. */
            413: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 415; the code in the body says why. */
            415: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
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
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdminRequests"];
                };
            };
            /** @description Failed with 403; the code in the body says why. */
            403: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
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
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CancelAnswer"];
                };
            };
            /** @description Failed with 403; the code in the body says why. */
            403: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 404; the code in the body says why. */
            404: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
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
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": {
                        event?: string;
                        data: "[DONE]" | string;
                    };
                };
            };
            /** @description Failed with 403; the code in the body says why. */
            403: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
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
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description Failed with 403; the code in the body says why. */
            403: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
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
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getDocs: {
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
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description Failed with 405; the code in the body says why. */
            405: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description Failed with 500; the code in the body says why. */
            500: {
                headers: {
                    "x-request-id": components["headers"]["x-request-id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
}
