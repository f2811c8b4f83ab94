/** The Hugging Face hub; a mirror of it is named by `HF_ENDPOINT` or the setting `rowlight.hubEndpoint`. */
export const HUB_ENDPOINT = 'https://huggingface.co';
